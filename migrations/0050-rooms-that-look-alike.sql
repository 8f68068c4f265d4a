-- What the name of a public room looks like (UTS #39). NULL: it is not public, or not known yet.
-- Oldest: 0029
ALTER TABLE rooms
  ADD COLUMN skeleton VARCHAR(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  ADD KEY rooms_skeleton (skeleton);
