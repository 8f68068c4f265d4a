-- Mail of what somebody has missed, by room: what waits for its time, and the mail that the next ones follow.
-- Oldest: 0078
CREATE TABLE missed_mails (
  user_id BIGINT UNSIGNED NOT NULL,
  room_id BIGINT UNSIGNED NOT NULL,
  -- Of `notifications`, the first and the last that wait; NULL: none does.
  first_id BIGINT UNSIGNED NULL,
  last_id BIGINT UNSIGNED NULL,
  due_at DATETIME(3) NULL,
  -- The Message-ID of the first mail about this room.
  message_id VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sent_at DATETIME(3) NULL,
  PRIMARY KEY (user_id, room_id),
  KEY missed_mails_due (due_at)
);
