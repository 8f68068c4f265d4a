-- Who has agreed that a direct room becomes a private one, and how it is to be called; the first row of a room is whoever asked.
-- Oldest: 0059
CREATE TABLE direct_conversions (
  room_id BIGINT UNSIGNED NOT NULL,
  user_id BIGINT UNSIGNED NOT NULL,
  name VARCHAR(80) NOT NULL,
  at_ms BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (room_id, user_id)
);
