-- What a member sets for a room, besides how far they have read it: of what they are told (NULL: what is usual in a room of
-- its kind), until when it is quiet (in ms; 9007199254740991: until they turn it off), and where it stands in their list.
-- Oldest: 0029
ALTER TABLE memberships
  ADD COLUMN level VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN muted_until_ms BIGINT UNSIGNED NULL,
  ADD COLUMN favourite TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN section_id BIGINT UNSIGNED NULL;

-- The same of a room that is deleted, for the case that it is restored.
ALTER TABLE deleted_memberships
  ADD COLUMN level VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN muted_until_ms BIGINT UNSIGNED NULL,
  ADD COLUMN favourite TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN section_id BIGINT UNSIGNED NULL;
