-- Whether a ban of a person is a suspension: the same, under a word that says they may come back.
-- Oldest: 0030
ALTER TABLE bans ADD COLUMN suspended TINYINT UNSIGNED NOT NULL DEFAULT 0;
