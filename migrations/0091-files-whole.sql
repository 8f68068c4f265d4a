-- When a file was whole, looked at and kept; and what files may take.
-- Oldest: 0086

ALTER TABLE files
  -- NULL: bytes are still to come, or to be kept. Its hash may be known a moment earlier.
  ADD COLUMN whole_ms BIGINT UNSIGNED NULL AFTER hash,
  ADD KEY files_room (room_id, id),
  ADD KEY files_waiting (seq, claimed_ms);

-- In bytes. NULL: as limits say.
ALTER TABLE workspace
  ADD COLUMN file_bytes BIGINT UNSIGNED NULL,
  ADD COLUMN person_bytes BIGINT UNSIGNED NULL,
  ADD COLUMN workspace_bytes BIGINT UNSIGNED NULL;
