import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { pragma, type Database } from './database.ts';
import { jobsTable } from './jobs.ts';

/** How many things of each kind were forgotten. */
export interface Compacted {
  readonly runs: number;
  readonly findings: number;
  readonly samples: number;
  readonly events: number;
  readonly jobs: number;
  readonly plans: number;
}

/** How many rows one transaction deletes: other writers wait no longer than that. */
const AT_ONCE = 500;

/**
 * A row of a slot also keeps its slot from being fired again, so it may go only when nobody can ask for
 * that slot any more: it is old, and its schedule has passed it. Runs by hand have no slot.
 */
const OLD_RUNS = `SELECT rowid FROM runs
  WHERE started_at < :before AND status NOT IN ('queued', 'running')
    AND (slot IS NULL OR slot < min(:before, coalesce(
      (SELECT next_slot FROM schedules WHERE schedules.runbook = runs.runbook), :before)))
  ORDER BY started_at LIMIT :limit`;

/**
 * A mute that still held then is kept with its finding: the finding may come back. So is the newest event of all, for
 * SQLite would give its number again, and a cursor that stands there would pass the next one over.
 */
const OLD_FINDINGS = `SELECT rowid FROM findings
  WHERE standing = 'resolved' AND json_extract(body, '$.resolvedAt') < :before
    AND coalesce(json_extract(body, '$.mute.until'), 0) < :before
    AND key IS NOT (SELECT key FROM finding_events ORDER BY seq DESC LIMIT 1)
  ORDER BY json_extract(body, '$.resolvedAt'), rowid LIMIT :limit`;

/** Only what nothing leads out of any more; that it was applied stays in the audit, which is never forgotten. */
const OLD_PLANS = `DELETE FROM plans WHERE id IN (SELECT id FROM plans
  WHERE created_at < ? AND status NOT IN ('queued', 'authorised', 'applying', 'applied', 'partial', 'unknown')
  ORDER BY created_at LIMIT ?)`;

/** No counter of a policy looks further back than a day. */
const USES_KEPT_MS = 2 * 86_400_000;

/** What a task last ran counts as long as its runbook has a schedule. */
const OLD_TASKS = 'DELETE FROM tasks WHERE last_run < ? AND runbook NOT IN (SELECT runbook FROM schedules)';

/**
 * Forgets what ended before `before`: runs, resolved findings with their histories, samples, jobs.
 * Never what is open, queued or running, nor a slot's row that its schedule has not passed, nor a job's
 * key before KEYS_KEPT_MS. In transactions of at most 500 rows of a kind, with a pause for others between
 * them; stopped in the middle, it has forgotten a part. The file does not shrink: its pages are used again.
 */
export async function compact(database: Database, before: number, now: number): Promise<Compacted> {
  const { sqlite, attempt } = database;
  const jobs = jobsTable(database);
  const runs = sqlite.prepare(`DELETE FROM runs WHERE rowid IN (${OLD_RUNS})`);
  const samples = sqlite.prepare(
    'DELETE FROM samples WHERE (runbook, check_id, resource, at) IN (SELECT runbook, check_id, resource, at FROM samples WHERE at < ? LIMIT ?)',
  );
  const plans = sqlite.prepare(OLD_PLANS);
  const count = (changes: number | bigint): number => Number(changes);

  const forgotten = {
    runs: await untilFewer(() => attempt(() => count(runs.run({ before, limit: AT_ONCE }).changes))),
    ...(await forgetFindings(database, before)),
    samples: await untilFewer(() => attempt(() => count(samples.run(before, AT_ONCE).changes))),
    plans: await untilFewer(() => attempt(() => count(plans.run(before, AT_ONCE).changes))),
    jobs: await untilFewer(() => attempt(() => jobs.prune(before, now, AT_ONCE))),
  };
  const calls = sqlite.prepare('DELETE FROM model_calls WHERE id IN (SELECT id FROM model_calls WHERE at < ? LIMIT ?)');
  await untilFewer(() => attempt(() => count(calls.run(before, AT_ONCE).changes)));
  attempt(() => sqlite.prepare(OLD_TASKS).run(before));
  attempt(() => sqlite.prepare('DELETE FROM policy_uses WHERE at < ?').run(Math.min(before, now - USES_KEPT_MS)));
  return forgotten;
}

/** A finding goes with its whole history, or stays with it. */
async function forgetFindings(
  { sqlite, transaction }: Database,
  before: number,
): Promise<Pick<Compacted, 'findings' | 'events'>> {
  const events = sqlite.prepare(
    `DELETE FROM finding_events WHERE key IN (SELECT key FROM findings WHERE rowid IN (${OLD_FINDINGS}))`,
  );
  const findings = sqlite.prepare(`DELETE FROM findings WHERE rowid IN (${OLD_FINDINGS})`);
  let forgottenEvents = 0;
  const forgotten = await untilFewer(
    () =>
      transaction(() => {
        forgottenEvents += Number(events.run({ before, limit: FINDINGS_AT_ONCE }).changes);
        return Number(findings.run({ before, limit: FINDINGS_AT_ONCE }).changes);
      }),
    FINDINGS_AT_ONCE,
  );
  return { findings: forgotten, events: forgottenEvents };
}

/** Each may have a long history. */
const FINDINGS_AT_ONCE = 50;

/** Repeats `work` until it deleted fewer than it might have; returns how many in all. */
async function untilFewer(work: () => number, atOnce: number = AT_ONCE): Promise<number> {
  let total = 0;
  for (;;) {
    const more = work();
    total += more;
    if (more < atOnce) return total;
    await setImmediate();
  }
}

/** How many bytes the database takes on its disk, what was not yet taken over from its WAL included. */
export function databaseBytes({ path, sqlite, attempt }: Database): number {
  const pages = attempt(() => Number(pragma(sqlite, 'page_count')) * Number(pragma(sqlite, 'page_size')));
  return pages + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0);
}
