-- Link cards: what has to be looked at, what pages said about themselves, their pictures, and who wants to see them how.
-- Oldest: 0059
ALTER TABLE rooms ADD COLUMN link_cards TINYINT NOT NULL DEFAULT 1;

-- How far each shard of the log was looked at for links.
CREATE TABLE link_card_cursors (
  shard INT UNSIGNED NOT NULL PRIMARY KEY,
  log_ms BIGINT UNSIGNED NOT NULL,
  log_n BIGINT UNSIGNED NOT NULL,
  fence BIGINT UNSIGNED NOT NULL,
  holder VARCHAR(80) NOT NULL,
  lease_until DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Messages whose cards may have to be made or removed, because of entry `by_seq`.
CREATE TABLE link_card_tasks (
  room_id BIGINT UNSIGNED NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  shard INT UNSIGNED NOT NULL,
  by_seq BIGINT UNSIGNED NOT NULL,
  at_ms BIGINT UNSIGNED NOT NULL,
  -- Pages may be asked; 0: only what is no longer in the text goes.
  asks TINYINT NOT NULL,
  tries INT UNSIGNED NOT NULL DEFAULT 0,
  due_ms BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, seq),
  KEY due (shard, due_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What a page said of late; NULL: nothing, or it did not answer. By the SHA-256 of its address.
CREATE TABLE link_pages (
  hash BINARY(32) NOT NULL PRIMARY KEY,
  card MEDIUMTEXT NULL,
  until_ms BIGINT UNSIGNED NOT NULL,
  KEY until_ms (until_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Pictures that are kept, and which messages show them.
CREATE TABLE link_card_blobs (
  hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  size BIGINT UNSIGNED NOT NULL,
  used_ms BIGINT UNSIGNED NOT NULL,
  KEY used_ms (used_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
CREATE TABLE link_card_pictures (
  room_id BIGINT UNSIGNED NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (room_id, seq, hash),
  KEY hash (hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Sites of which the workspace wants no cards; those below them neither.
CREATE TABLE link_card_blocked (
  host VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Whoever does not want cards open.
CREATE TABLE link_card_views (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  view VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
