-- How often a webhook was asked to deliver again from a number: part of the ids of its deliveries from then on.

ALTER TABLE outgoing_hooks ADD COLUMN replays SMALLINT UNSIGNED NOT NULL DEFAULT 0;
