-- Mails that are to be sent. A row is deleted once the mail server has taken it, or nobody wants it any more. What it says
-- is composed when it is sent, so that no link and no words of anybody wait here.
-- Oldest: 0059
CREATE TABLE mails (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Whom it is for; NULL: nobody is known yet.
  user_id BIGINT UNSIGNED NULL,
  -- NULL: the address that the person has when it is sent.
  address VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- JSON, by kind.
  data TEXT NOT NULL,
  language CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- The same at each attempt: whoever receives it twice can tell.
  message_id VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  due_at DATETIME(3) NOT NULL,
  failures INT UNSIGNED NOT NULL DEFAULT 0,
  -- Who is sending it, and until when nobody else does.
  holder VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NULL,
  held_until DATETIME(3) NULL,
  KEY mails_due (due_at, id),
  KEY mails_person (user_id, kind)
);
-- The mail addresses of people. One address is one account's; a pending one is nobody's yet.
CREATE TABLE mail_addresses (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  address VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NULL,
  address_key VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NULL,
  confirmed_at DATETIME(3) NULL,
  pending VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NULL,
  pending_until DATETIME(3) NULL,
  language CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  UNIQUE KEY mail_addresses_one (address_key)
);
-- JSON: the domains, in ASCII, whose people may come in.
ALTER TABLE workspace ADD COLUMN mail_domains TEXT CHARACTER SET ascii COLLATE ascii_bin NULL;
