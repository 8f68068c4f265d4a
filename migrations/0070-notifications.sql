-- What people are told, once each (server/notify): a row is written with the cursor that has passed its entry, in one
-- transaction, and in the order of its id: a deliverer that has read up to an id has missed nothing below it.
-- Oldest: 0059
CREATE TABLE notifications (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT UNSIGNED NOT NULL,
  room_id BIGINT UNSIGNED NOT NULL,
  -- The message that it is about.
  seq BIGINT UNSIGNED NOT NULL,
  -- What happened to the message: empty, it was posted; `ended`, a poll is over; `case.N`, a report of it.
  event VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  thread_root BIGINT UNSIGNED NULL,
  cause VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Which pointer passes it: `room`, `thread`, or `hand`: only whoever puts it away.
  read_by VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Who said or did it.
  by_id BIGINT UNSIGNED NOT NULL,
  at_ms BIGINT UNSIGNED NOT NULL,
  decided_ms BIGINT UNSIGNED NOT NULL,
  done_ms BIGINT UNSIGNED NULL,
  -- The entry that has taken the message away.
  gone_seq BIGINT UNSIGNED NULL,
  UNIQUE KEY notifications_once (user_id, room_id, seq, event),
  KEY notifications_done (user_id, done_ms, id),
  KEY notifications_read_by (user_id, read_by, done_ms),
  KEY notifications_message (room_id, seq)
);
-- JSON. `version`: of all settings, the number of the last change.
CREATE TABLE notification_settings (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  settings TEXT NOT NULL,
  version BIGINT UNSIGNED NOT NULL,
  KEY notification_settings_version (version)
);
-- One row, locked by whoever writes notifications until they are committed, so that their ids become visible in order; and by
-- whoever changes settings, for the same reason.
CREATE TABLE notify_head (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  settings_version BIGINT UNSIGNED NOT NULL
);
INSERT INTO notify_head (one, settings_version) VALUES (1, 0);
-- How far the log was decided, by shard, and who decides it.
CREATE TABLE notify_cursors (
  shard INT UNSIGNED NOT NULL PRIMARY KEY,
  log_ms BIGINT UNSIGNED NOT NULL,
  log_n BIGINT UNSIGNED NOT NULL,
  fence BIGINT UNSIGNED NOT NULL,
  holder VARCHAR(80) NOT NULL,
  lease_until DATETIME(3) NOT NULL
);
-- Polls that end by themselves.
CREATE TABLE notify_due (
  room_id BIGINT UNSIGNED NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  shard INT UNSIGNED NOT NULL,
  due_ms BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, seq),
  KEY notify_due_next (shard, due_ms)
);
