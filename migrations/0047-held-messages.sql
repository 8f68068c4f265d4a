-- Messages that a rule held back: everything that posting one needs, and whether its author has put the outcome away.
-- Oldest: 0041
ALTER TABLE review_cases
  ADD COLUMN cid VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- JSON: the message as it was sent; NULL once it has been dropped.
  ADD COLUMN said MEDIUMTEXT NULL,
  ADD COLUMN is_heard TINYINT UNSIGNED NOT NULL DEFAULT 0,
  -- The same message is held once, however often it is sent.
  ADD UNIQUE KEY cases_cid (author_id, cid);
