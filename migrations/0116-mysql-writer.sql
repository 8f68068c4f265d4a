-- Where MYSQL_URL names several servers: the one that is written to, and how many times another was chosen. A server that lacks
-- the last choice has been left behind by the others.
-- Oldest: 0106
CREATE TABLE mysql_writer (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  host VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  term BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
INSERT INTO mysql_writer (one, host, term) VALUES (1, '', 0);
