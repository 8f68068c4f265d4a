-- People who ask to join, where administrators let them: what they said, and what came of it.
-- Oldest: 0041
CREATE TABLE join_requests (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  -- SHA-256 of what the browser that waits has.
  code_hash BINARY(32) NOT NULL,
  name VARCHAR(32) NOT NULL,
  name_key VARCHAR(600) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- Of the account that they get.
  password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  words VARCHAR(250) NOT NULL,
  address VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- What the address counts as: of IPv6, the network.
  address_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  answered_at DATETIME(3) NULL,
  -- Whom it has made; NULL and answered: declined, with this reason.
  user_id BIGINT UNSIGNED NULL,
  reason VARCHAR(250) NOT NULL DEFAULT '',
  UNIQUE KEY join_requests_code (code_hash),
  KEY join_requests_open (answered_at, id),
  KEY join_requests_expiry (expires_at)
);

-- 1: whoever is not invited may ask.
ALTER TABLE workspace ADD COLUMN ask_to_join TINYINT UNSIGNED NOT NULL DEFAULT 0;
