-- Everything that somebody has said is deleted by one entry a room, can be restored for a day, and is erased then.
-- Oldest: 0029

-- The number of the entry of the room that has deleted a message with all others of its author; what it said is still in its
-- row. NULL: it stands, or nothing of it is left.
ALTER TABLE messages ADD COLUMN erased_seq BIGINT UNSIGNED NULL;

-- What administrators have decided; servers carry it out. told_at: every room's log has its entry; undone_at: it is to be
-- restored, and undo_told_at: it is; final_at: it cannot be restored any more; erased_at: no table has the words.
CREATE TABLE erasings (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id BIGINT UNSIGNED NOT NULL,
  person_name VARCHAR(32) NOT NULL,
  since_ms BIGINT UNSIGNED NOT NULL,
  messages INT UNSIGNED NOT NULL,
  by_id BIGINT UNSIGNED NOT NULL,
  by_name VARCHAR(32) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  told_at DATETIME(3) NULL,
  undone_at DATETIME(3) NULL,
  undone_by BIGINT UNSIGNED NULL,
  undone_name VARCHAR(32) NULL,
  undo_told_at DATETIME(3) NULL,
  final_at DATETIME(3) NULL,
  erased_at DATETIME(3) NULL,
  KEY erasings_open (erased_at, undo_told_at),
  KEY erasings_person (person_id, id)
);

-- In which rooms, from which number on; under which cids the log is told, and what numbers it gave.
CREATE TABLE erasing_rooms (
  erasing_id BIGINT UNSIGNED NOT NULL,
  room_id BIGINT UNSIGNED NOT NULL,
  from_seq BIGINT UNSIGNED NOT NULL,
  cid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq BIGINT UNSIGNED NULL,
  undo_cid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  undo_seq BIGINT UNSIGNED NULL,
  -- 1: no table has the words of this room.
  is_erased TINYINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (erasing_id, room_id)
);
