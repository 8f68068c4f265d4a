-- After how many days messages are deleted, in a room and in all of them; 0: never. Of two, the shorter holds.
-- Oldest: 0029

ALTER TABLE rooms
  ADD COLUMN retention_days INT UNSIGNED NOT NULL DEFAULT 0,
  -- Everything up to this number is deleted because it is old.
  ADD COLUMN expired_seq BIGINT UNSIGNED NOT NULL DEFAULT 0;

ALTER TABLE workspace ADD COLUMN retention_days INT UNSIGNED NOT NULL DEFAULT 0;

-- After so many days this message was deleted because it was old; 0: it was not.
ALTER TABLE messages ADD COLUMN expired INT UNSIGNED NOT NULL DEFAULT 0;
