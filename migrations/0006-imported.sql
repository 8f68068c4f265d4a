-- What came from elsewhere, and what it is here: people and rooms by the source's own ids. Messages need no such table:
-- their cid is made of the source, the room and the message's own id there.

CREATE TABLE imported (
  -- 'slack:T024BE7LD' or 'brook:https://chat.example.org'.
  source  VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- 'person' or 'room'.
  kind    VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ref     VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- users.id or rooms.id.
  id      BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (source, kind, ref),
  KEY imported_id (kind, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
