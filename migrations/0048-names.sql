-- Names that change. A name that somebody had leads to them for a month, and is nobody else's in that time.
-- Oldest: 0029
-- `skeleton`: what the name looks like (UTS #39). NULL: not known yet. `renamed_at`: when they got the name they have, if it is
-- not their first. `ended_at`: the account is no more, and what was said in it stays.
ALTER TABLE users
  ADD COLUMN skeleton VARCHAR(600) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  ADD COLUMN renamed_at DATETIME(3) NULL,
  ADD COLUMN ended_at DATETIME(3) NULL,
  ADD KEY users_skeleton (skeleton),
  ADD KEY users_renamed (renamed_at);

CREATE TABLE former_names (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT UNSIGNED NOT NULL,
  name VARCHAR(32) NOT NULL,
  name_key VARCHAR(600) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  skeleton VARCHAR(600) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  ended_at DATETIME(3) NOT NULL,
  KEY former_names_key (name_key),
  KEY former_names_skeleton (skeleton),
  KEY former_names_user (user_id, ended_at)
);

-- What an administrator who has renamed somebody tells them, until they have read it.
CREATE TABLE rename_notes (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  was VARCHAR(32) NOT NULL,
  by_name VARCHAR(32) NULL,
  note VARCHAR(250) NOT NULL
);
