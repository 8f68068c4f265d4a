-- Passkeys (WebAuthn): keys that people's devices keep, each for one name of this Brook. `rp_id` is that name.
-- A process of an older version asks for no passkey as a second factor: stop them all before somebody relies on it.
-- Oldest: 0041
CREATE TABLE passkeys (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT UNSIGNED NOT NULL,
  -- What the device calls the key, up to 1,023 bytes, and its SHA-256, by which it is found.
  credential_id VARBINARY(1023) NOT NULL,
  credential_hash BINARY(32) NOT NULL,
  public_key VARBINARY(1024) NOT NULL,
  rp_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(32) NOT NULL,
  -- How a browser reaches the device: "internal,hybrid".
  transports VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- How often the device says it has signed; 0: it does not count.
  counter BIGINT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  used_at DATETIME(3) NULL,
  UNIQUE KEY passkeys_credential (credential_hash),
  KEY passkeys_person (user_id, id)
);
