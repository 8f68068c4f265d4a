-- Messages that are pinned to their room.

ALTER TABLE messages
  -- 1 once anybody has pinned it, so that other messages cost no look-up.
  ADD COLUMN is_pinned TINYINT UNSIGNED NOT NULL DEFAULT 0;

-- What was said last about each message: pinned (is_on), or not any more. seq is the number of the entry that said so, so
-- that an older one cannot change it.
CREATE TABLE pins (
  room_id   BIGINT UNSIGNED NOT NULL,
  target    BIGINT UNSIGNED NOT NULL,
  is_on     TINYINT UNSIGNED NOT NULL,
  user_id   BIGINT UNSIGNED NOT NULL,
  user_name VARCHAR(32) NOT NULL,
  pinned_ms BIGINT UNSIGNED NOT NULL,
  seq       BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, target)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
