-- What holds in a room: who may write, how often, and whether it is archived.
-- Oldest: 0029
ALTER TABLE rooms
  ADD COLUMN archived TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN speak VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'everyone',
  ADD COLUMN slow_ms INT UNSIGNED NOT NULL DEFAULT 0;
