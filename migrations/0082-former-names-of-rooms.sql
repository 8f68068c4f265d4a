-- Names that rooms had: each leads to its room for a month, and is no other public room's in that time.
-- Oldest: 0029
CREATE TABLE former_room_names (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  room_id BIGINT UNSIGNED NOT NULL,
  name VARCHAR(64) NOT NULL,
  name_key VARCHAR(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  skeleton VARCHAR(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  ended_at DATETIME(3) NOT NULL,
  KEY former_room_names_key (name_key),
  KEY former_room_names_skeleton (skeleton),
  KEY former_room_names_room (room_id, ended_at)
);
