-- The tables as the migrations leave them. Made by test/flow/migrate.test.ts, which holds it true.

CREATE TABLE bots (
  user_id bigint unsigned NOT NULL,
  duty varchar(20) COLLATE ascii_bin NULL,
  acked mediumtext COLLATE ascii_bin NULL,
  acked_at datetime(3) NULL,
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (user_id),
  UNIQUE KEY bots_duty (duty)
);

CREATE TABLE changes (
  room_id bigint unsigned NOT NULL,
  seq bigint unsigned NOT NULL,
  kind varchar(8) COLLATE ascii_bin NOT NULL,
  target bigint unsigned NOT NULL,
  user_id bigint unsigned NOT NULL,
  user_name varchar(32) COLLATE utf8mb4_unicode_ci NOT NULL,
  cid binary(16) NOT NULL,
  text text COLLATE utf8mb4_unicode_ci NULL,
  emoji varchar(64) COLLATE utf8mb4_bin NULL,
  is_on tinyint unsigned NULL,
  log_ms bigint unsigned NOT NULL,
  log_n bigint unsigned NOT NULL,
  PRIMARY KEY (room_id, seq),
  UNIQUE KEY changes_cid (user_id, cid),
  KEY changes_target (room_id, target)
);

CREATE TABLE followed_threads (
  user_id bigint unsigned NOT NULL,
  room_id bigint unsigned NOT NULL,
  thread bigint unsigned NOT NULL,
  is_following tinyint unsigned NULL,
  read_seq bigint unsigned NOT NULL,
  PRIMARY KEY (user_id, room_id, thread),
  KEY followed_threads_thread (room_id, thread)
);

CREATE TABLE founder (
  one tinyint unsigned NOT NULL,
  user_id bigint unsigned NULL,
  PRIMARY KEY (one)
);

CREATE TABLE imported (
  source varchar(200) COLLATE ascii_bin NOT NULL,
  kind varchar(8) COLLATE ascii_bin NOT NULL,
  ref varchar(80) COLLATE ascii_bin NOT NULL,
  id bigint unsigned NOT NULL,
  PRIMARY KEY (source, kind, ref),
  KEY imported_id (kind, id)
);

CREATE TABLE incoming_hooks (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  room_id bigint unsigned NOT NULL,
  user_id bigint unsigned NOT NULL,
  name varchar(32) COLLATE utf8mb4_unicode_ci NOT NULL,
  secret_hash binary(32) NOT NULL,
  created_at datetime(3) NOT NULL,
  removed_at datetime(3) NULL,
  PRIMARY KEY (id),
  KEY incoming_hooks_room (room_id),
  KEY incoming_hooks_user (user_id)
);

CREATE TABLE memberships (
  user_id bigint unsigned NOT NULL,
  room_id bigint unsigned NOT NULL,
  role varchar(12) COLLATE ascii_bin NOT NULL,
  read_seq bigint unsigned NOT NULL,
  read_turn bigint unsigned NOT NULL DEFAULT 0,
  joined_at datetime(3) NOT NULL,
  joined_seq bigint unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, room_id),
  KEY memberships_room (room_id, user_id)
);

CREATE TABLE mentions (
  user_id bigint unsigned NOT NULL,
  room_id bigint unsigned NOT NULL,
  seq bigint unsigned NOT NULL,
  said_ms bigint unsigned NOT NULL,
  PRIMARY KEY (user_id, room_id, seq),
  KEY mentions_message (room_id, seq),
  KEY mentions_newest (user_id, said_ms, room_id, seq)
);

CREATE TABLE messages (
  room_id bigint unsigned NOT NULL,
  seq bigint unsigned NOT NULL,
  kind varchar(8) COLLATE ascii_bin NOT NULL,
  user_id bigint unsigned NOT NULL,
  user_name varchar(32) COLLATE utf8mb4_unicode_ci NOT NULL,
  user_bot tinyint unsigned NOT NULL DEFAULT 0,
  user_icon varchar(64) COLLATE utf8mb4_unicode_ci NULL,
  cid binary(16) NOT NULL,
  text text COLLATE utf8mb4_unicode_ci NULL,
  mentions text COLLATE utf8mb4_unicode_ci NULL,
  reply_to bigint unsigned NULL,
  notice text COLLATE utf8mb4_unicode_ci NULL,
  log_ms bigint unsigned NOT NULL,
  log_n bigint unsigned NOT NULL,
  said_ms bigint unsigned NULL,
  updated_seq bigint unsigned NOT NULL,
  first_text text COLLATE utf8mb4_unicode_ci NULL,
  edited_ms bigint unsigned NULL,
  edited_seq bigint unsigned NULL,
  deleted_ms bigint unsigned NULL,
  is_reacted tinyint unsigned NOT NULL DEFAULT 0,
  is_pinned tinyint unsigned NOT NULL DEFAULT 0,
  thread bigint unsigned NULL,
  also_in_room tinyint unsigned NOT NULL DEFAULT 0,
  replies int unsigned NOT NULL DEFAULT 0,
  replied_seq bigint unsigned NULL,
  replied_ms bigint unsigned NULL,
  repliers text COLLATE utf8mb4_unicode_ci NULL,
  PRIMARY KEY (room_id, seq),
  UNIQUE KEY messages_cid (user_id, cid)
);

CREATE TABLE outgoing_hooks (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  room_id bigint unsigned NOT NULL,
  url varchar(2000) COLLATE utf8mb4_unicode_ci NOT NULL,
  secret varchar(64) COLLATE ascii_bin NOT NULL,
  filter varchar(8) COLLATE ascii_bin NOT NULL,
  word varchar(64) COLLATE utf8mb4_unicode_ci NOT NULL,
  cursor_seq bigint unsigned NOT NULL,
  paused varchar(8) COLLATE ascii_bin NULL,
  failures int unsigned NOT NULL,
  failing_since datetime(3) NULL,
  retry_at datetime(3) NULL,
  last_status int unsigned NULL,
  last_error varchar(200) COLLATE utf8mb4_unicode_ci NULL,
  last_at datetime(3) NULL,
  delivered bigint unsigned NOT NULL,
  fence bigint unsigned NOT NULL,
  holder varchar(80) COLLATE utf8mb4_unicode_ci NOT NULL,
  lease_until datetime(3) NOT NULL,
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (id),
  KEY outgoing_hooks_paused (paused),
  KEY outgoing_hooks_room (room_id)
);

CREATE TABLE pins (
  room_id bigint unsigned NOT NULL,
  target bigint unsigned NOT NULL,
  is_on tinyint unsigned NOT NULL,
  user_id bigint unsigned NOT NULL,
  user_name varchar(32) COLLATE utf8mb4_unicode_ci NOT NULL,
  pinned_ms bigint unsigned NOT NULL,
  seq bigint unsigned NOT NULL,
  PRIMARY KEY (room_id, target)
);

CREATE TABLE reactions (
  room_id bigint unsigned NOT NULL,
  target bigint unsigned NOT NULL,
  emoji varchar(64) COLLATE utf8mb4_bin NOT NULL,
  user_id bigint unsigned NOT NULL,
  user_name varchar(32) COLLATE utf8mb4_unicode_ci NOT NULL,
  is_on tinyint unsigned NOT NULL,
  seq bigint unsigned NOT NULL,
  PRIMARY KEY (room_id, target, emoji, user_id)
);

CREATE TABLE reminders (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  user_id bigint unsigned NOT NULL,
  user_name varchar(32) COLLATE utf8mb4_unicode_ci NOT NULL,
  room_id bigint unsigned NOT NULL,
  thread bigint unsigned NULL,
  ask_cid binary(16) NOT NULL,
  number int unsigned NULL,
  text text COLLATE utf8mb4_unicode_ci NOT NULL,
  due_at datetime(3) NOT NULL,
  cid binary(16) NOT NULL,
  state varchar(9) COLLATE ascii_bin NOT NULL,
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY reminders_asked (user_id, ask_cid),
  KEY reminders_due (state, due_at),
  UNIQUE KEY reminders_number (user_id, number)
);

CREATE TABLE replies (
  room_id bigint unsigned NOT NULL,
  thread bigint unsigned NOT NULL,
  seq bigint unsigned NOT NULL,
  PRIMARY KEY (room_id, thread, seq)
);

CREATE TABLE rooms (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  name varchar(64) COLLATE utf8mb4_unicode_ci NOT NULL,
  public_key varchar(700) COLLATE utf8mb4_bin NULL,
  kind varchar(8) COLLATE ascii_bin NOT NULL,
  topic varchar(250) COLLATE utf8mb4_unicode_ci NOT NULL,
  revisions varchar(12) COLLATE ascii_bin NOT NULL DEFAULT everyone,
  is_default tinyint unsigned NULL,
  created_by bigint unsigned NULL,
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY rooms_default (is_default),
  UNIQUE KEY rooms_public_name (public_key)
);

CREATE TABLE saved (
  user_id bigint unsigned NOT NULL,
  room_id bigint unsigned NOT NULL,
  seq bigint unsigned NOT NULL,
  saved_ms bigint unsigned NOT NULL,
  PRIMARY KEY (user_id, room_id, seq),
  KEY saved_newest (user_id, saved_ms, room_id, seq)
);

CREATE TABLE schema_migrations (
  version int unsigned NOT NULL,
  name varchar(200) COLLATE utf8mb4_unicode_ci NOT NULL,
  checksum char(64) COLLATE utf8mb4_unicode_ci NOT NULL,
  done int unsigned NOT NULL,
  applied_at datetime(3) NULL,
  PRIMARY KEY (version)
);

CREATE TABLE search_blocks (
  room_id bigint unsigned NOT NULL,
  block int unsigned NOT NULL,
  upto bigint unsigned NOT NULL,
  from_ms bigint unsigned NOT NULL,
  to_ms bigint unsigned NOT NULL,
  built_ms bigint unsigned NOT NULL,
  PRIMARY KEY (room_id, block)
);

CREATE TABLE search_postings (
  room_id bigint unsigned NOT NULL,
  block int unsigned NOT NULL,
  token int unsigned NOT NULL,
  offsets varbinary(32768) NOT NULL,
  PRIMARY KEY (room_id, block, token)
);

CREATE TABLE search_rebuild (
  one tinyint unsigned NOT NULL,
  began_ms bigint unsigned NOT NULL,
  ended_ms bigint unsigned NULL,
  PRIMARY KEY (one)
);

CREATE TABLE sessions (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  user_id bigint unsigned NOT NULL,
  token_hash binary(32) NOT NULL,
  agent varchar(120) COLLATE utf8mb4_unicode_ci NOT NULL,
  created_at datetime(3) NOT NULL,
  used_at datetime(3) NOT NULL,
  expires_at datetime(3) NOT NULL,
  PRIMARY KEY (id),
  KEY sessions_expiry (expires_at),
  UNIQUE KEY sessions_token (token_hash),
  KEY sessions_user (user_id)
);

CREATE TABLE sync_checkpoints (
  shard int unsigned NOT NULL,
  epoch varchar(64) COLLATE ascii_bin NOT NULL,
  log_ms bigint unsigned NOT NULL,
  log_n bigint unsigned NOT NULL,
  fence bigint unsigned NOT NULL,
  holder varchar(80) COLLATE utf8mb4_unicode_ci NOT NULL,
  lease_until datetime(3) NOT NULL,
  PRIMARY KEY (shard)
);

CREATE TABLE users (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  name varchar(32) COLLATE utf8mb4_unicode_ci NOT NULL,
  name_key varchar(600) COLLATE utf8mb4_bin NOT NULL,
  password_hash varchar(255) COLLATE ascii_bin NULL,
  created_at datetime(3) NOT NULL,
  is_admin tinyint unsigned NOT NULL DEFAULT 0,
  is_bot tinyint unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY users_name (name_key)
);
