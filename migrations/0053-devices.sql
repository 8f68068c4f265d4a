-- A phone signs in by a code on a screen that is signed in, and people name their devices.
-- Oldest: 0041
CREATE TABLE device_links (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT UNSIGNED NOT NULL,
  -- That of the screen: the code is good for as long as it is.
  session_id BIGINT UNSIGNED NOT NULL,
  -- SHA-256 of the code, and of what the one device has that has opened it.
  code_hash BINARY(32) NOT NULL,
  claim_hash BINARY(32) NULL,
  agent VARCHAR(120) NOT NULL DEFAULT '',
  address VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  is_confirmed TINYINT UNSIGNED NOT NULL DEFAULT 0,
  expires_at DATETIME(3) NOT NULL,
  UNIQUE KEY device_links_session (session_id),
  UNIQUE KEY device_links_code (code_hash),
  UNIQUE KEY device_links_claim (claim_hash),
  KEY device_links_expiry (expires_at)
);

-- What its owner calls a device; NULL: by its browser.
ALTER TABLE sessions ADD COLUMN name VARCHAR(32) NULL;
