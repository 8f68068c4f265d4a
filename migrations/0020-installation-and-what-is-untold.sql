-- What this installation is; and what was decided here and has yet to be told: by each, its own row, until it has been.

-- Facts that every process must agree on: see server/installation.ts.
CREATE TABLE installation (
  name  VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  value VARCHAR(1000) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Notices that a room's log has yet to take, oldest first. Written with the change that they tell of.
CREATE TABLE untold_notices (
  id        BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  room_id   BIGINT UNSIGNED NOT NULL,
  cid       CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Who did what, as JSON: {"user", "notice"}.
  happening TEXT NOT NULL,
  KEY untold_notices_room (room_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Sessions that have ended, and that Redis and the servers have yet to forget. Written with their end.
CREATE TABLE ended_sessions (
  id         BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  token_hash BINARY(32) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
