-- Messages that are sent later. The cid is made when it is scheduled, so however often and by whomever it is sent, it is one
-- message.
-- Oldest: 0041

CREATE TABLE scheduled_messages (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id    BIGINT UNSIGNED NOT NULL,
  room_id    BIGINT UNSIGNED NOT NULL,
  cid        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- JSON: the message as it is to be sent.
  said       MEDIUMTEXT NOT NULL,
  due_ms     BIGINT UNSIGNED NOT NULL,
  -- 'waiting', 'sending' (it can no longer be changed), 'sent', 'refused' (its author decides what becomes of it), or 'deleted'.
  state      VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- The code of the error, when it was refused.
  refusal    VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- Before this time nobody tries (again): somebody else is at it, or it was refused for a while.
  rests_ms   BIGINT UNSIGNED NOT NULL DEFAULT 0,
  created_ms BIGINT UNSIGNED NOT NULL,
  -- When it was sent or deleted.
  done_ms    BIGINT UNSIGNED NULL,
  PRIMARY KEY (id),
  UNIQUE KEY scheduled_cid (user_id, cid),
  KEY scheduled_due (state, due_ms),
  KEY scheduled_done (done_ms),
  KEY scheduled_room (room_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
