-- Emoji of the workspace, 128 pixels wide and high, as WebP: some 5 KB each, and up to 256 KB if it moves.
-- Oldest: 0059
CREATE TABLE custom_emoji (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  image MEDIUMBLOB NOT NULL,
  -- The first picture of one that moves; NULL: it does not.
  still MEDIUMBLOB NULL,
  -- SHA-256 of the image, shortened.
  hash VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- NULL: an import has brought it.
  made_by BIGINT UNSIGNED NULL,
  made_at DATETIME(3) NOT NULL
);

-- What they are called: each name is one emoji's, whether it is its main name or an alias.
CREATE TABLE emoji_names (
  name VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  emoji_id BIGINT UNSIGNED NOT NULL,
  is_main TINYINT UNSIGNED NOT NULL,
  KEY emoji_names_emoji (emoji_id)
);
