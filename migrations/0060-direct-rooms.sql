-- Direct rooms: one to fifteen people, found or made by who they are.
-- Oldest: 0029
-- `people_key`: SHA-256 of the ids of all of them, sorted and joined by commas; NULL: no direct room, or one that somebody has left.
-- Two requests at once make one room, for the key is unique.
ALTER TABLE rooms
  ADD COLUMN people_key BINARY(32) NULL,
  ADD UNIQUE KEY rooms_people (people_key);

-- `closed_seq`: not in this person's list while nothing of the room has a higher number. NULL: in the list.
ALTER TABLE memberships ADD COLUMN closed_seq BIGINT UNSIGNED NULL;
