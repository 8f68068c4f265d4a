-- The index of search: which numbers of a room hold a token. docs/decisions/0008 says why it has this form.

-- A stretch of 16,384 numbers of a room: how far it is indexed, and the times of its first and last message.
CREATE TABLE search_blocks (
  room_id BIGINT UNSIGNED NOT NULL,
  block INT UNSIGNED NOT NULL,
  upto BIGINT UNSIGNED NOT NULL,
  from_ms BIGINT UNSIGNED NOT NULL,
  to_ms BIGINT UNSIGNED NOT NULL,
  built_ms BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, block)
);

-- offsets: two bytes each, little end first; the number is block * 16384 + offset. token: a hash, never a word.
CREATE TABLE search_postings (
  room_id BIGINT UNSIGNED NOT NULL,
  block INT UNSIGNED NOT NULL,
  token INT UNSIGNED NOT NULL,
  offsets VARBINARY(32768) NOT NULL,
  PRIMARY KEY (room_id, block, token)
);

-- The rebuild that goes on, or the last one: what was built since it began is not built again.
CREATE TABLE search_rebuild (
  one TINYINT UNSIGNED NOT NULL,
  began_ms BIGINT UNSIGNED NOT NULL,
  ended_ms BIGINT UNSIGNED NULL,
  PRIMARY KEY (one)
);
