-- What changed after a number is read from the numbers themselves, of messages and of changes: this index is not needed,
-- and each row of sync paid for it.

ALTER TABLE messages DROP INDEX messages_updated;
