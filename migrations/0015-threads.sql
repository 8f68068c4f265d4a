-- Threads: replies are messages that say whose thread they are in, and the message it begins with keeps the sum of them.

ALTER TABLE messages
  -- The number of the message whose thread it is said in; NULL: in the room.
  ADD COLUMN thread BIGINT UNSIGNED NULL,
  ADD COLUMN also_in_room TINYINT UNSIGNED NOT NULL DEFAULT 0,
  -- Of the thread that begins here: how many replies, the newest, and whose the newest are (JSON, as messages show it).
  ADD COLUMN replies INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN replied_seq BIGINT UNSIGNED NULL,
  ADD COLUMN replied_ms BIGINT UNSIGNED NULL,
  ADD COLUMN repliers TEXT NULL;

-- The replies of each thread by number. A table of its own, so that other messages pay for no index.
CREATE TABLE replies (
  room_id BIGINT UNSIGNED NOT NULL,
  thread  BIGINT UNSIGNED NOT NULL,
  seq     BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, thread, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Who follows which thread, and how far they have read it.
CREATE TABLE followed_threads (
  user_id  BIGINT UNSIGNED NOT NULL,
  room_id  BIGINT UNSIGNED NOT NULL,
  thread   BIGINT UNSIGNED NOT NULL,
  -- 1: follows; 0: does not want to, until they say otherwise; NULL: only a read marker.
  is_following TINYINT UNSIGNED NULL,
  read_seq BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (user_id, room_id, thread),
  KEY followed_threads_thread (room_id, thread)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
