/**
 * `body` is the entry as canonical JSON without its digest; the columns are what is searched by. The triggers hold for
 * every connection, whoever opened it; src/store/audit-guard.ts keeps ours from dropping them. REPLACE deletes
 * without asking a trigger, so what it would replace is refused when it comes in.
 */
export const audit = `
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    verb TEXT NOT NULL,
    object TEXT NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_id ON audit (id);
  CREATE INDEX audit_by_verb ON audit (verb, object);

  CREATE TRIGGER audit_only_grows BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    BEGIN SELECT RAISE(ABORT, 'the audit grows at its end only'); END;
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END;
  CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'nothing is deleted from the audit'); END;
`;
