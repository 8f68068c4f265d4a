-- Who may come in: what the workspace is called and how open it is, and the links that invite. A workspace without a row is as
-- new: open on loopback, by invitation elsewhere. One that has people stays as open as it was.
-- Oldest: 0028
CREATE TABLE workspace (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  sign_up VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  guests TINYINT UNSIGNED NOT NULL
);

INSERT INTO workspace (one, name, sign_up, guests) SELECT 1, 'Brook', 'open', 1 FROM users WHERE is_bot = 0 LIMIT 1;

-- Signing up first makes nobody an administrator, at a process of an older version neither. The row stays: it is a lock.
UPDATE founder SET user_id = 0 WHERE user_id IS NULL;

-- uses NULL: any number; expires_at NULL: never; ended_at: revoked.
CREATE TABLE invites (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  code CHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_by BIGINT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NULL,
  ended_at DATETIME(3) NULL,
  uses INT UNSIGNED NULL,
  used INT UNSIGNED NOT NULL DEFAULT 0,
  UNIQUE KEY invites_code (code)
);

CREATE TABLE invite_rooms (
  invite_id BIGINT UNSIGNED NOT NULL,
  room_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (invite_id, room_id)
);

-- Who came by which invite.
CREATE TABLE invited (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  invite_id BIGINT UNSIGNED NOT NULL,
  KEY invited_invite (invite_id, user_id)
);
