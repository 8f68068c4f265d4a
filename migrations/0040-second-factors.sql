-- A second factor beside the password: a shared secret for codes that change with time, and recovery codes for its loss.
-- A process of an older version asks for no second factor: stop them all before somebody relies on it.
-- Oldest: 0029
CREATE TABLE second_factors (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  secret VARBINARY(64) NOT NULL,
  -- The newest time step whose code was used: neither it nor an older one is good again.
  used_step BIGINT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL
);

CREATE TABLE recovery_codes (
  user_id BIGINT UNSIGNED NOT NULL,
  -- SHA-256 of the person's id and the code, which has 79 random bits.
  code_hash BINARY(32) NOT NULL,
  used_at DATETIME(3) NULL,
  PRIMARY KEY (user_id, code_hash)
);

-- What somebody has begun and may finish once, within minutes or a day: a sign-in that lacks its second factor, a second
-- factor that is not confirmed. MySQL has a hash of the code alone.
CREATE TABLE identity_tickets (
  code_hash BINARY(32) NOT NULL PRIMARY KEY,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id BIGINT UNSIGNED NULL,
  data TEXT NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  KEY identity_tickets_person (user_id, kind),
  KEY identity_tickets_expiry (expires_at)
);

-- 1: its browser gets another token with the next request, because the person may do more than when it was given.
ALTER TABLE sessions ADD COLUMN renew TINYINT UNSIGNED NOT NULL DEFAULT 0;
