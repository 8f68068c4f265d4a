-- What people have saved for later: theirs alone, and no part of the log.

CREATE TABLE saved (
  user_id  BIGINT UNSIGNED NOT NULL,
  room_id  BIGINT UNSIGNED NOT NULL,
  seq      BIGINT UNSIGNED NOT NULL,
  saved_ms BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (user_id, room_id, seq),
  KEY saved_newest (user_id, saved_ms, room_id, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
