-- Pictures of rooms and of the workspace, 256 pixels wide and high, as WebP: some 10 KB each. Bots and webhooks have profiles, and
-- with them their faces, as people have.
-- Oldest: 0086

ALTER TABLE rooms
  -- SHA-256 of the image, shortened; '': none.
  ADD COLUMN picture VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';

CREATE TABLE room_pictures (
  room_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  image   MEDIUMBLOB NOT NULL,
  hash    VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  set_at  DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

ALTER TABLE workspace
  ADD COLUMN picture VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  ADD COLUMN picture_image MEDIUMBLOB NULL;
