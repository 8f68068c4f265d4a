-- What waits for moderators, each about one message: what people reported, and what a rule held back before anybody saw it.
-- Oldest: 0041
CREATE TABLE review_cases (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  -- report, held
  kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  room_id BIGINT UNSIGNED NOT NULL,
  -- Of a message that was held: NULL until it is posted.
  seq BIGINT UNSIGNED NULL,
  -- The same while a report is open: a message has one open case at most.
  open_seq BIGINT UNSIGNED NULL,
  thread BIGINT UNSIGNED NULL,
  author_id BIGINT UNSIGNED NOT NULL,
  -- JSON, as everybody sees them.
  author TEXT NOT NULL,
  -- As it was said, whatever becomes of it; NULL some days after it was handled.
  text MEDIUMTEXT NULL,
  said_at DATETIME(3) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  handled_at DATETIME(3) NULL,
  -- NULL too: the command line.
  handled_by BIGINT UNSIGNED NULL,
  -- What was done, separated by commas; '': nothing.
  acts VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  answer VARCHAR(250) NOT NULL DEFAULT '',
  UNIQUE KEY cases_open (room_id, open_seq),
  KEY cases_handled (handled_at, id),
  KEY cases_room (room_id, handled_at, id),
  KEY cases_author (author_id)
);

CREATE TABLE reports (
  room_id BIGINT UNSIGNED NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  reporter_id BIGINT UNSIGNED NOT NULL,
  case_id BIGINT UNSIGNED NOT NULL,
  reason VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  note VARCHAR(500) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  -- 1: the reporter has put the answer away.
  is_heard TINYINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (room_id, seq, reporter_id),
  KEY reports_case (case_id),
  KEY reports_reporter (reporter_id, is_heard)
);
