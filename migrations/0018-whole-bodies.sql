-- What no column has of an entry is kept as JSON, so that a new field of a message and a new kind of entry need no migration.

ALTER TABLE messages
  MODIFY COLUMN kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- JSON: fields of the body that have no column of their own; NULL when there are none.
  ADD COLUMN body TEXT NULL,
  -- JSON: {"seq", "fields"}: what changes of kinds without columns have made of this message, up to change number seq.
  ADD COLUMN state MEDIUMTEXT NULL;

ALTER TABLE changes
  MODIFY COLUMN kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- JSON: what a change of such a kind says.
  ADD COLUMN body TEXT NULL;
