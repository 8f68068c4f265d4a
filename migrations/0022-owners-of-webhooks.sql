-- Who created an outgoing webhook, so that those of one person share their part of the deliveries; NULL: not known.
-- Oldest: 0021

ALTER TABLE outgoing_hooks ADD COLUMN created_by BIGINT UNSIGNED NULL;
