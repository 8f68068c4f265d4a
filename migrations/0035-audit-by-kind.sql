-- The audit log is found by what happened and by whom it is about, and the command line bans as nobody.
-- Oldest: 0031

ALTER TABLE bans MODIFY created_by BIGINT UNSIGNED NULL;

-- Computed, so that processes that do not know the column write it too.
ALTER TABLE audit
  ADD COLUMN person_id BIGINT UNSIGNED GENERATED ALWAYS AS
    (CAST(JSON_UNQUOTE(JSON_EXTRACT(about, '$.person.id')) AS UNSIGNED)) STORED,
  ADD KEY audit_kind (kind, seq),
  ADD KEY audit_by (by_id, seq),
  ADD KEY audit_person (person_id, seq);
