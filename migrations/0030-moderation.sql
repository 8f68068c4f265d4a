-- Who is kept out of the workspace or of a room, and what administrators and moderators did, as a log of its own.
-- Oldest: 0029

-- Of a person or of an address (`network`: an address, or a range as 203.0.113.0/24). expires_at NULL: never.
CREATE TABLE bans (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT UNSIGNED NULL,
  network VARCHAR(49) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reason VARCHAR(250) NOT NULL,
  created_by BIGINT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NULL,
  ended_at DATETIME(3) NULL,
  KEY bans_user (user_id),
  KEY bans_ended (ended_at, expires_at)
);

CREATE TABLE room_bans (
  room_id BIGINT UNSIGNED NOT NULL,
  user_id BIGINT UNSIGNED NOT NULL,
  reason VARCHAR(250) NOT NULL,
  created_by BIGINT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NULL,
  PRIMARY KEY (room_id, user_id),
  KEY room_bans_user (user_id)
);

-- Numbered without a hole: `audit_head` has the newest number, and is locked by whoever writes the next.
CREATE TABLE audit (
  seq BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  at DATETIME(3) NOT NULL,
  kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  by_id BIGINT UNSIGNED NULL,
  by_name VARCHAR(32) NULL,
  address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NULL,
  about TEXT NOT NULL
);

CREATE TABLE audit_head (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  seq BIGINT UNSIGNED NOT NULL
);

INSERT INTO audit_head (one, seq) VALUES (1, 0);
