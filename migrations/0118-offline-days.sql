-- For how many days without the server browsers show what they have kept.
-- Oldest: 0029
ALTER TABLE workspace
  ADD COLUMN offline_days SMALLINT UNSIGNED NOT NULL DEFAULT 30;
