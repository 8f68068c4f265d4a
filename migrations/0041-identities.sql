-- Whom an identity provider (OpenID Connect) calls by which name: `subject` is its own, for good.
-- Oldest: 0029
CREATE TABLE identities (
  issuer VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  subject VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  user_id BIGINT UNSIGNED NOT NULL,
  -- 1: they are an administrator because the provider says so, and only for as long.
  made_admin TINYINT UNSIGNED NOT NULL DEFAULT 0,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (issuer, subject),
  KEY identities_person (user_id)
);

-- 1: neither a password nor a guest: they sign in by the provider.
ALTER TABLE users ADD COLUMN is_provided TINYINT UNSIGNED NOT NULL DEFAULT 0;
