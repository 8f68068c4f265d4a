-- Who may write to whom.
-- Oldest: 0029
-- `writers`: who may write to this person: 'everyone', 'shared' (a room besides the default one), 'nobody'; 'ended': the account is no more.
ALTER TABLE users ADD COLUMN writers VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'everyone',
  ADD KEY users_writers (writers);

CREATE TABLE blocks (
  user_id BIGINT UNSIGNED NOT NULL,
  blocked_id BIGINT UNSIGNED NOT NULL,
  at_ms BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (user_id, blocked_id),
  KEY blocks_blocked (blocked_id)
);

UPDATE users SET writers = 'ended' WHERE ended_at IS NOT NULL;
