-- What people say about themselves, besides their names; their faces; and when they were last here.
-- Oldest: 0041
CREATE TABLE profiles (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  title VARCHAR(80) NOT NULL DEFAULT '',
  -- For finding people by it.
  title_key VARCHAR(1500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  pronouns VARCHAR(32) NOT NULL DEFAULT '',
  about VARCHAR(500) NOT NULL DEFAULT '',
  -- An IANA name; '': they do not say.
  time_zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  status_emoji VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  status_text VARCHAR(100) NOT NULL DEFAULT '',
  -- In ms; NULL: until they change it. What has ended stays here, and nobody is shown it.
  status_until_ms BIGINT UNSIGNED NULL,
  -- auto, dnd, invisible.
  presence VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'auto',
  -- SHA-256 of the image, shortened; '': none.
  avatar VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  -- Numbers of the fact "profiles": what is above the last one that a server knows has changed since.
  version BIGINT UNSIGNED NOT NULL,
  KEY profiles_version (version)
);

-- Faces, 256 pixels wide and high, as WebP: some 10 KB each.
CREATE TABLE avatars (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  image MEDIUMBLOB NOT NULL,
  set_at DATETIME(3) NOT NULL
);

-- Written once a minute for those who are here, so it is a table of its own.
CREATE TABLE last_seen (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  seen_ms BIGINT UNSIGNED NOT NULL
);
