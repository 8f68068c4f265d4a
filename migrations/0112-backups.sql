-- Oldest: 0029
-- The backups that are made by the clock or from the administration: what became of each, and of the restore that rehearsed it.
-- state: running, good, unrehearsed, failed. why: what it says when it is not good. removed_ms: by the rule of what is kept.
CREATE TABLE backups (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  begun_ms BIGINT UNSIGNED NOT NULL,
  ended_ms BIGINT UNSIGNED NULL,
  state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  why VARCHAR(500) NULL,
  bytes BIGINT UNSIGNED NULL,
  room_count INT UNSIGNED NULL,
  row_count BIGINT UNSIGNED NULL,
  file_count INT UNSIGNED NULL,
  rehearsed_ms INT UNSIGNED NULL,
  removed_ms BIGINT UNSIGNED NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Who makes them: one process at a time. begun_ms: when the last one by the clock began.
CREATE TABLE backup_head (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  begun_ms BIGINT UNSIGNED NOT NULL,
  fence BIGINT UNSIGNED NOT NULL,
  holder VARCHAR(80) NOT NULL,
  lease_until DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

INSERT INTO backup_head (one, begun_ms, fence, holder, lease_until) VALUES (1, 0, 0, '', '2000-01-01 00:00:00.000');
