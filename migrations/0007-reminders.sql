-- What the house's bot is to remind people of. The message's cid is fixed when the wish is kept, so however often and by
-- whomever it is sent, it is one message.

CREATE TABLE reminders (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id    BIGINT UNSIGNED NOT NULL,
  user_name  VARCHAR(32) NOT NULL,
  room_id    BIGINT UNSIGNED NOT NULL,
  -- The cid under which the person asked: asked again, it is the same reminder.
  ask_cid    BINARY(16) NOT NULL,
  -- How the person calls it while it waits; NULL afterwards.
  number     INT UNSIGNED NULL,
  text       TEXT NOT NULL,
  due_at     DATETIME(3) NOT NULL,
  cid        BINARY(16) NOT NULL,
  -- 'waiting', 'sending' (it cannot be taken back any more), 'sent', 'cancelled', or 'dropped' (the person has left the room).
  state      VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY reminders_asked (user_id, ask_cid),
  UNIQUE KEY reminders_number (user_id, number),
  KEY reminders_due (state, due_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
