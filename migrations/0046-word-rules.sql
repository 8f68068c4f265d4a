-- Words and sites that the workspace refuses, or holds for review.
-- Oldest: 0041
CREATE TABLE word_rules (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  -- word, host
  kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  text VARCHAR(100) NOT NULL,
  -- As it is compared: a second rule of the same text replaces the first.
  text_key VARCHAR(600) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- refuse, hold
  does VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_by BIGINT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  UNIQUE KEY word_rules_text (kind, text_key)
);
