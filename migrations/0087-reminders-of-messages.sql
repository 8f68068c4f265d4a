-- Reminders of a message: they come to their owner alone, and stay in the list (state 'shown') until they are put away.
-- Oldest: 0059
ALTER TABLE reminders
  -- The message that it is about; NULL: it is said in the room, as /remind asks for.
  ADD COLUMN target BIGINT UNSIGNED NULL AFTER thread;
