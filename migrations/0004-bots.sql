-- Bots: users that are programs. Their tokens are sessions without an end; how far they have read is kept here.

ALTER TABLE users ADD COLUMN is_bot TINYINT UNSIGNED NOT NULL DEFAULT 0;

-- The room's head when this person came: where a bot that has not read the room yet begins.
ALTER TABLE memberships ADD COLUMN joined_seq BIGINT UNSIGNED NOT NULL DEFAULT 0;

CREATE TABLE bots (
  user_id    BIGINT UNSIGNED NOT NULL,
  -- What it is in this house, for a bot that Brook runs itself; NULL for all others.
  duty       VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- The cursor that it has acknowledged last; NULL before the first time.
  acked      MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NULL,
  acked_at   DATETIME(3) NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (user_id),
  UNIQUE KEY bots_duty (duty)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
