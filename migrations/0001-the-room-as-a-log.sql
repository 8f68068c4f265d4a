-- People, their sessions, rooms, who is in them, what was said, and how far the archive reaches.
-- Runs on MySQL 8+ and MariaDB 10.6+: no functional index, no utf8mb4_0900 collation, no RETURNING.

CREATE TABLE users (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name          VARCHAR(32) NOT NULL,
  -- What makes two names the same (NFKC, lower case). NFKC can turn one character into 18.
  name_key      VARCHAR(600) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- argon2id; NULL for a guest.
  password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at    DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY users_name (name_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE sessions (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id    BIGINT UNSIGNED NOT NULL,
  -- SHA-256 of the token; the token itself is only with the browser.
  token_hash BINARY(32) NOT NULL,
  agent      VARCHAR(120) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  used_at    DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY sessions_token (token_hash),
  KEY sessions_user (user_id),
  KEY sessions_expiry (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE rooms (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name       VARCHAR(64) NOT NULL,
  -- Unique among public rooms. NULL for a private room: its name tells nobody that it exists.
  public_key VARCHAR(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  kind       VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  topic      VARCHAR(250) NOT NULL,
  -- 1 for the room that every newcomer is in, NULL for all others, so that there is one.
  is_default TINYINT UNSIGNED NULL,
  created_by BIGINT UNSIGNED NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY rooms_public_name (public_key),
  UNIQUE KEY rooms_default (is_default)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE memberships (
  user_id   BIGINT UNSIGNED NOT NULL,
  room_id   BIGINT UNSIGNED NOT NULL,
  role      VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- How far this person has read; it never goes back.
  read_seq  BIGINT UNSIGNED NOT NULL,
  joined_at DATETIME(3) NOT NULL,
  PRIMARY KEY (user_id, room_id),
  KEY memberships_room (room_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE messages (
  room_id     BIGINT UNSIGNED NOT NULL,
  seq         BIGINT UNSIGNED NOT NULL,
  -- 'message' (text, reply_to) or 'notice' (notice).
  kind        VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id     BIGINT UNSIGNED NOT NULL,
  user_name   VARCHAR(32) NOT NULL,
  cid         BINARY(16) NOT NULL,
  text        TEXT NULL,
  reply_to    BIGINT UNSIGNED NULL,
  notice      TEXT NULL,
  -- The stream id of the entry: its time in milliseconds since 1970, and its number within that millisecond.
  log_ms      BIGINT UNSIGNED NOT NULL,
  log_n       BIGINT UNSIGNED NOT NULL,
  -- The number of the last entry that changed this message; its own at first.
  updated_seq BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, seq),
  UNIQUE KEY messages_cid (user_id, cid),
  KEY messages_updated (room_id, updated_seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- One row a shard of the log: up to where it is archived, and who may write. The truth of sync; XACK is housekeeping.
CREATE TABLE sync_checkpoints (
  shard       INT UNSIGNED NOT NULL,
  epoch       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  log_ms      BIGINT UNSIGNED NOT NULL,
  log_n       BIGINT UNSIGNED NOT NULL,
  -- Rises with each new holder; a holder whose fence is no longer this one writes nothing.
  fence       BIGINT UNSIGNED NOT NULL,
  holder      VARCHAR(80) NOT NULL,
  lease_until DATETIME(3) NOT NULL,
  PRIMARY KEY (shard)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
