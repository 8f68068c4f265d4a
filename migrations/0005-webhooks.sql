-- Webhooks: secret addresses at which tools speak into a room, and addresses elsewhere that hear a room.

-- A removed one stays, for the words it said are told from people's by it.
CREATE TABLE incoming_hooks (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  room_id     BIGINT UNSIGNED NOT NULL,
  -- As whom it speaks; a user that nobody can sign in as.
  user_id     BIGINT UNSIGNED NOT NULL,
  name        VARCHAR(32) NOT NULL,
  -- SHA-256 of the secret in its address.
  secret_hash BINARY(32) NOT NULL,
  created_at  DATETIME(3) NOT NULL,
  removed_at  DATETIME(3) NULL,
  PRIMARY KEY (id),
  KEY incoming_hooks_room (room_id),
  KEY incoming_hooks_user (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE outgoing_hooks (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  room_id       BIGINT UNSIGNED NOT NULL,
  url           VARCHAR(2000) NOT NULL,
  -- Kept as it is: each delivery is signed with it.
  secret        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- 'all', 'starts' or 'mentions'; with a word for the last two.
  filter        VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  word          VARCHAR(64) NOT NULL,
  -- Everything of the room up to this number is delivered or passed over.
  cursor_seq    BIGINT UNSIGNED NOT NULL,
  -- NULL while it delivers; else why not: 'asked', 'gone' or 'failing'.
  paused        VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- Failures since the last delivery, since when, and when the next try is.
  failures      INT UNSIGNED NOT NULL,
  failing_since DATETIME(3) NULL,
  retry_at      DATETIME(3) NULL,
  -- What the last delivery came to: an HTTP status, or words where there was none.
  last_status   INT UNSIGNED NULL,
  last_error    VARCHAR(200) NULL,
  last_at       DATETIME(3) NULL,
  delivered     BIGINT UNSIGNED NOT NULL,
  -- Which process delivers. The fence rises with each holder and each change by a person; who has an older one writes nothing.
  fence         BIGINT UNSIGNED NOT NULL,
  holder        VARCHAR(80) NOT NULL,
  lease_until   DATETIME(3) NOT NULL,
  created_at    DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY outgoing_hooks_room (room_id),
  KEY outgoing_hooks_paused (paused)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
