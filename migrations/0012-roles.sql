-- Moderators beside owners and members; and who may read what a message said before it was edited.

ALTER TABLE memberships
  -- 'owner', 'moderator' or 'member'.
  MODIFY COLUMN role VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL;

ALTER TABLE rooms
  -- 'everyone' (who may look into the room), 'moderators' (and above) or 'nobody'.
  ADD COLUMN revisions VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'everyone' AFTER topic;
