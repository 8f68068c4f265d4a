-- Secrets of this Brook that all its servers share, each made when it is first needed. Whoever has one can undo what it hides.

CREATE TABLE server_keys (
  name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  value VARBINARY(64) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
