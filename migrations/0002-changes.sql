-- What people do with a message after it was said: edits, deletion, reactions; and where words come from that no person
-- typed here (a bot's, a webhook's, imported ones).

ALTER TABLE messages
  ADD COLUMN user_bot TINYINT UNSIGNED NOT NULL DEFAULT 0 AFTER user_name,
  -- One emoji, shown as the face of a bot.
  ADD COLUMN user_icon VARCHAR(64) NULL AFTER user_bot,
  -- When it was said elsewhere, in milliseconds since 1970; NULL: here, at log_ms.
  ADD COLUMN said_ms BIGINT UNSIGNED NULL AFTER log_n,
  -- The text before its first edit here; NULL while there was none. `text` is always the newest.
  ADD COLUMN first_text TEXT NULL,
  ADD COLUMN edited_ms BIGINT UNSIGNED NULL,
  -- The number of the edit that `text` comes from.
  ADD COLUMN edited_seq BIGINT UNSIGNED NULL,
  -- Deleted: no text is left, the number stays.
  ADD COLUMN deleted_ms BIGINT UNSIGNED NULL,
  -- 1 once anybody has reacted, so that other messages cost no look-up.
  ADD COLUMN is_reacted TINYINT UNSIGNED NOT NULL DEFAULT 0;

-- Each entry of the log that changes a message, under its own number. Edits keep their text, so they are the revisions.
CREATE TABLE changes (
  room_id   BIGINT UNSIGNED NOT NULL,
  seq       BIGINT UNSIGNED NOT NULL,
  -- 'edited' (text), 'deleted' or 'reacted' (emoji, is_on).
  kind      VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  target    BIGINT UNSIGNED NOT NULL,
  user_id   BIGINT UNSIGNED NOT NULL,
  user_name VARCHAR(32) NOT NULL,
  cid       BINARY(16) NOT NULL,
  text      TEXT NULL,
  emoji     VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  is_on     TINYINT UNSIGNED NULL,
  log_ms    BIGINT UNSIGNED NOT NULL,
  log_n     BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, seq),
  UNIQUE KEY changes_cid (user_id, cid),
  KEY changes_target (room_id, target)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Who has which emoji on which message. A reaction that was taken off stays as 0, so that an older entry cannot put it
-- back; seq is the number of the entry that said so last.
CREATE TABLE reactions (
  room_id   BIGINT UNSIGNED NOT NULL,
  target    BIGINT UNSIGNED NOT NULL,
  emoji     VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  user_id   BIGINT UNSIGNED NOT NULL,
  user_name VARCHAR(32) NOT NULL,
  is_on     TINYINT UNSIGNED NOT NULL,
  seq       BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, target, emoji, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
