-- A room is deleted at once, can be restored for a day, and its words are erased then.
-- Oldest: 0029

-- NULL: it is there. A deleted room is private and nobody is in it, so that also a server of an earlier version shows it to nobody.
ALTER TABLE rooms ADD COLUMN deleted_at DATETIME(3) NULL;

-- cid: of the notice in the room's log. people: how many were in it. erased_upto: the number up to which no table has its words;
-- final_at: it cannot be restored any more; erased_at: nothing of it is left to erase.
CREATE TABLE room_deletions (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  room_id BIGINT UNSIGNED NOT NULL,
  name VARCHAR(64) NOT NULL,
  kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  people INT UNSIGNED NOT NULL,
  cid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  by_id BIGINT UNSIGNED NOT NULL,
  by_name VARCHAR(32) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  restored_at DATETIME(3) NULL,
  final_at DATETIME(3) NULL,
  erased_upto BIGINT UNSIGNED NOT NULL DEFAULT 0,
  erased_at DATETIME(3) NULL,
  KEY room_deletions_open (erased_at, restored_at, created_at),
  KEY room_deletions_room (room_id)
);

-- Who was in a deleted room, as what, and how far they had read.
CREATE TABLE deleted_memberships (
  room_id BIGINT UNSIGNED NOT NULL,
  user_id BIGINT UNSIGNED NOT NULL,
  role VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  read_seq BIGINT UNSIGNED NOT NULL,
  read_turn BIGINT UNSIGNED NOT NULL,
  joined_at DATETIME(3) NOT NULL,
  joined_seq BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, user_id)
);
