/**
 * `due_at` says when a job can be claimed: a waiting one at its `run_at`, a claimed one when its lease
 * is over, an ended one never. AUTOINCREMENT, so that the id of a pruned job is never given again.
 */
export const queueAndSchedules = `
  UPDATE runs SET body = json_set(body, '$.attempt', 1);

  CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'claimed', 'done', 'dead')),
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    backoff TEXT NOT NULL,
    fence INTEGER NOT NULL,
    owner TEXT,
    lease_until INTEGER,
    last_error TEXT,
    ended_at INTEGER,
    due_at INTEGER GENERATED ALWAYS AS (CASE status WHEN 'waiting' THEN run_at WHEN 'claimed' THEN lease_until END)
  ) STRICT;
  CREATE INDEX jobs_due ON jobs (kind, due_at, seq) WHERE due_at IS NOT NULL;
  CREATE INDEX jobs_by_due ON jobs (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX jobs_by_owner ON jobs (owner) WHERE owner IS NOT NULL;
  CREATE INDEX jobs_by_status ON jobs (status, seq);
  CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;

  CREATE TABLE schedules (
    runbook TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    next_slot INTEGER,
    paused_at INTEGER,
    paused_reason TEXT
  ) STRICT;

  CREATE TABLE tasks (
    runbook TEXT NOT NULL,
    task TEXT NOT NULL,
    last_run INTEGER NOT NULL,
    PRIMARY KEY (runbook, task)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX runs_active ON runs (runbook, status) WHERE status IN ('queued', 'running');
  CREATE INDEX findings_resolved ON findings (json_extract(body, '$.resolvedAt')) WHERE standing = 'resolved';
  CREATE INDEX samples_by_time ON samples (at);
`;
