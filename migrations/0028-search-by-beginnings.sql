-- Tokens of search become wider, so that words that begin alike lie beside each other (docs/decisions/0008). The index holds
-- nothing of its own: it is emptied here, and built again by the indexer while searches read the messages directly.
TRUNCATE TABLE search_postings;

ALTER TABLE search_postings MODIFY token BIGINT UNSIGNED NOT NULL;

-- The rules by which a block was indexed; a block of other rules than the program's is indexed again.
ALTER TABLE search_blocks ADD COLUMN rules SMALLINT UNSIGNED NOT NULL DEFAULT 1;
