-- Whom a message names: with the message for those who read it, and by person for counts and their list.

ALTER TABLE messages
  -- JSON, as in the log: [{"name": as typed, "ids": [...]}]; NULL when nobody is named.
  ADD COLUMN mentions TEXT NULL AFTER text;

CREATE TABLE mentions (
  user_id BIGINT UNSIGNED NOT NULL,
  room_id BIGINT UNSIGNED NOT NULL,
  seq     BIGINT UNSIGNED NOT NULL,
  said_ms BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (user_id, room_id, seq),
  KEY mentions_newest (user_id, said_ms, room_id, seq),
  KEY mentions_message (room_id, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
