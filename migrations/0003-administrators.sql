-- Who looks after this Brook. The first person with a password is an administrator; later ones are named by `brook admin`.

ALTER TABLE users ADD COLUMN is_admin TINYINT UNSIGNED NOT NULL DEFAULT 0;

-- One row: who was first. Its lock decides between two who come at once.
CREATE TABLE founder (
  one     TINYINT UNSIGNED NOT NULL,
  user_id BIGINT UNSIGNED NULL,
  PRIMARY KEY (one)
) ENGINE=InnoDB;

INSERT INTO founder (one, user_id) SELECT 1, MIN(id) FROM users WHERE password_hash IS NOT NULL
  ON DUPLICATE KEY UPDATE one = 1;

UPDATE users SET is_admin = 1 WHERE id = (SELECT user_id FROM founder);
