-- Accounts that people have ended: what is still to be done of it. `messages`: keep or delete. `left_at`: they are out of all
-- rooms; `done_at`: nothing is left to do.
-- Oldest: 0029
CREATE TABLE endings (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  messages VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  left_at DATETIME(3) NULL,
  done_at DATETIME(3) NULL,
  KEY endings_open (done_at)
);
