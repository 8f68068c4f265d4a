-- The sections of somebody's list of rooms: their own, and how those look that everybody has.
-- Oldest: 0029
CREATE TABLE sections (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT UNSIGNED NOT NULL,
  -- NULL: one of their own, which has a name; otherwise one that everybody has, changed from what is usual.
  usual VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NULL,
  name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  place SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  folded TINYINT UNSIGNED NOT NULL DEFAULT 0,
  sorted VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- The ids of rooms in the order of one's own, with spaces between.
  rooms TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  UNIQUE KEY sections_usual (user_id, usual),
  KEY sections_place (user_id, place)
);
