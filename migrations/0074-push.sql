-- Web push (server/push): the devices that are told, what waits for them, and what they show.
-- Oldest: 0059
CREATE TABLE push_subscriptions (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT UNSIGNED NOT NULL,
  -- It ends with its session.
  session_id BIGINT UNSIGNED NOT NULL,
  endpoint VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- SHA-256 of the endpoint.
  endpoint_hash BINARY(32) NOT NULL,
  -- Of the endpoint's origin: what goes to one service is delivered together.
  service INT UNSIGNED NOT NULL,
  p256dh BINARY(65) NOT NULL,
  auth BINARY(16) NOT NULL,
  language VARCHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_ms BIGINT UNSIGNED NOT NULL,
  -- Since when nothing has reached it, and why; NULL: it was reached at last.
  failing_ms BIGINT UNSIGNED NULL,
  failure VARCHAR(120) NULL,
  UNIQUE KEY push_subscriptions_endpoint (endpoint_hash),
  UNIQUE KEY push_subscriptions_session (session_id),
  KEY push_subscriptions_user (user_id)
);

-- What is still to be sent, for each device.
CREATE TABLE push_queue (
  notification_id BIGINT UNSIGNED NOT NULL,
  subscription_id BIGINT UNSIGNED NOT NULL,
  -- new; read: what is shown is taken back; summary: of all from this notification up to `last_id`
  kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_id BIGINT UNSIGNED NOT NULL,
  user_id BIGINT UNSIGNED NOT NULL,
  room_id BIGINT UNSIGNED NOT NULL,
  service INT UNSIGNED NOT NULL,
  due_ms BIGINT UNSIGNED NOT NULL,
  -- After this it is of no use.
  until_ms BIGINT UNSIGNED NOT NULL,
  tries SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (notification_id, subscription_id),
  KEY push_queue_due (service, due_ms),
  KEY push_queue_device (subscription_id)
);

-- The newest notification of each room that a device shows.
CREATE TABLE push_shown (
  subscription_id BIGINT UNSIGNED NOT NULL,
  room_id BIGINT UNSIGNED NOT NULL,
  user_id BIGINT UNSIGNED NOT NULL,
  notification_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (subscription_id, room_id),
  KEY push_shown_user (user_id)
);

-- Who is left alone, until when, and the first notification that waits for the summary.
CREATE TABLE push_holds (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  first_id BIGINT UNSIGNED NOT NULL,
  until_ms BIGINT UNSIGNED NOT NULL,
  KEY push_holds_until (until_ms)
);

-- The one process that delivers, and how far it has read `notifications`.
CREATE TABLE push_head (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  read_id BIGINT UNSIGNED NOT NULL,
  fence BIGINT UNSIGNED NOT NULL,
  holder VARCHAR(80) NOT NULL,
  lease_until DATETIME(3) NOT NULL
);
INSERT INTO push_head (one, read_id, fence, holder, lease_until) VALUES (1, 0, 0, '', NOW(3));
