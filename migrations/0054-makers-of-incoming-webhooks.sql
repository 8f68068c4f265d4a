-- Who made an incoming webhook, or replaced its URL last: it posts for as long as they may manage it. NULL: not known.
-- Oldest: 0029
ALTER TABLE incoming_hooks ADD COLUMN created_by BIGINT UNSIGNED NULL;
