-- Files: uploads of people, the messages that hold them, and their bytes, which are kept once however many files have them.
-- Oldest: 0086

CREATE TABLE files (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id     BIGINT UNSIGNED NOT NULL,
  -- Of the upload: asked for again, it is the same one.
  cid         CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name        VARCHAR(255) NOT NULL,
  -- By the content; '' until that is whole.
  type        VARCHAR(127) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  kind        VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'other',
  size        BIGINT UNSIGNED NOT NULL,
  -- SHA-256 in hex; NULL until the file is whole.
  hash        CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- JSON: whatever else its message says of it.
  info        TEXT NOT NULL,
  -- The message that it is sent with: its room and cid once that is let through, its number once it is archived.
  room_id     BIGINT UNSIGNED NULL,
  message_cid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  seq         BIGINT UNSIGNED NULL,
  created_ms  BIGINT UNSIGNED NOT NULL,
  claimed_ms  BIGINT UNSIGNED NULL,
  -- Its message is gone; so is the file a day later.
  released_ms BIGINT UNSIGNED NULL,
  PRIMARY KEY (id),
  UNIQUE KEY files_cid (user_id, cid),
  KEY files_hash (hash),
  KEY files_message (room_id, seq),
  KEY files_unsent (claimed_ms, created_ms),
  KEY files_released (released_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE blobs (
  hash    CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  size    BIGINT UNSIGNED NOT NULL,
  -- 'disk' or 's3'.
  place   VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  made_ms BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
