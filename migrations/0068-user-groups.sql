-- Groups of people that are mentioned by one name, which is nobody else's: names of people and groups share one space.
-- Oldest: 0029
CREATE TABLE user_groups (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name_key VARCHAR(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- What the name looks like (UTS #39).
  skeleton VARCHAR(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  created_by BIGINT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  UNIQUE KEY user_groups_name (name_key),
  KEY user_groups_skeleton (skeleton)
);

CREATE TABLE group_members (
  group_id BIGINT UNSIGNED NOT NULL,
  user_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (group_id, user_id),
  KEY group_members_user (user_id)
);
