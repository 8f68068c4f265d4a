-- What guests and new people may do, as JSON; NULL: as a new workspace begins. One that has people stays as open as it was.
-- Oldest: 0029
ALTER TABLE workspace ADD COLUMN newcomers VARCHAR(500) CHARACTER SET ascii COLLATE ascii_bin NULL;

UPDATE workspace SET newcomers =
  '{"createRooms":true,"setTopics":true,"postLinks":true,"bringIn":true,"mentionAll":true,"newForMs":0}';
