-- Who adds emoji: administrators, or everybody with an account.
-- Oldest: 0029
ALTER TABLE workspace
  ADD COLUMN emoji_by VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'admins';
