-- The icon of the workspace: one emoji or up to two letters (empty: the initials of its name), and its colour in degrees
-- (NULL: by its name).
-- Oldest: 0029
ALTER TABLE workspace
  ADD COLUMN icon_text VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  ADD COLUMN icon_hue SMALLINT UNSIGNED NULL;
