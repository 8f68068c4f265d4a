-- A reminder asked for in a thread comes there.

ALTER TABLE reminders
  -- The message that the thread begins with; NULL in the room itself.
  ADD COLUMN thread BIGINT UNSIGNED NULL AFTER room_id;
