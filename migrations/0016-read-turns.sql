-- Marking unread leads a person's pointer back: (read_turn, read_seq) only grows, in this order.

ALTER TABLE memberships
  -- When the turn began, in ms; 0 is the first one.
  ADD COLUMN read_turn BIGINT UNSIGNED NOT NULL DEFAULT 0 AFTER read_seq;
