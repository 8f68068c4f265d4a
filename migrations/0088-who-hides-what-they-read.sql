-- Whoever is in here neither shows others what they have read, nor sees it of them.
-- Oldest: 0059
CREATE TABLE seen_hidden (
  user_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
