-- What a bot that was away is told: a message as it was first sent, and the rooms that it was taken out of meanwhile.
-- Oldest: 0021

-- Whom the first text mentioned; `mentions` is of the newest one.
ALTER TABLE messages ADD COLUMN first_mentions TEXT NULL;

-- Each time that a bot left a room or was removed, until it has acknowledged that.
CREATE TABLE bot_departures (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id    BIGINT UNSIGNED NOT NULL,
  room_id    BIGINT UNSIGNED NOT NULL,
  -- The room's head when it joined.
  joined_seq BIGINT UNSIGNED NOT NULL,
  -- Of the notice that says so, whose number the log gives later: who did it, and its cid.
  by_id      BIGINT UNSIGNED NOT NULL,
  cid        BINARY(16) NOT NULL,
  KEY bot_departures_user (user_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
