import { createHmac } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';
import { CodedError } from '../domain/coded-error.ts';
import { digestOf, type Digest } from '../domain/digest.ts';
import type { Plan, PlanState, PlanStatus, SealedPlan } from '../domain/plan.ts';
import type { Database } from './database.ts';
import { isCode } from './keyed-code.ts';
import { ownJson } from './own-json.ts';

export interface PlansTable {
  insert(plan: Plan): void;
  write(plan: Plan): void;
  byId(prefix: string): readonly Plan[];
  list(options: { readonly statuses: readonly PlanStatus[] | null; readonly limit: number }): readonly Plan[];
  withIntent(intent: Digest, statuses: readonly PlanStatus[]): readonly Plan[];
  madeBy(runbook: string, since: number): number;
}

const COLUMNS = 'id, status, digest, intent, runbook, created_at, bytes, state, mac';

/**
 * The rows of plans. `key` lies outside the database: whoever can write to the file alone can't make a row that
 * is believed. An older row put back in its place fits its code; that is found by the audit (see claim in maker/apply).
 */
export function plansTable({ sqlite, attempt }: Database, key: Uint8Array): PlansTable {
  const insert = sqlite.prepare(`INSERT INTO plans (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = sqlite.prepare('UPDATE plans SET status = ?, state = ?, mac = ? WHERE id = ?');
  const select = (rest: string, ...params: (string | number)[]): readonly Plan[] =>
    attempt(() =>
      sqlite
        .prepare(`SELECT ${COLUMNS} FROM plans ${rest}`)
        .all(...params)
        .map((row) => planOf(row, key)),
    );
  const stateColumns = (plan: Plan): { readonly state: string; readonly mac: string } => {
    const state = canonicalJson(stateOf(plan));
    return { state, mac: codeOf(plan, state, key).toString('hex') };
  };
  return {
    insert: (plan) => {
      const { state, mac } = stateColumns(plan);
      const columns = [plan.id, plan.status, plan.digest, plan.intent, runbookOf(plan.sealed), plan.sealed.createdAt];
      attempt(() => insert.run(...columns, plan.bytes, state, mac));
    },
    write: (plan) => {
      const { state, mac } = stateColumns(plan);
      attempt(() => update.run(plan.status, state, mac, plan.id));
    },
    byId: (prefix) => select("WHERE id LIKE ? || '%' ORDER BY created_at DESC LIMIT 20", prefix),
    list: ({ statuses, limit }) =>
      statuses === null
        ? select('ORDER BY created_at DESC, id LIMIT ?', limit)
        : select(
            'WHERE status IN (SELECT value FROM json_each(?)) ORDER BY created_at DESC, id LIMIT ?',
            JSON.stringify(statuses),
            limit,
          ),
    withIntent: (intent, statuses) =>
      select(
        'WHERE intent = ? AND status IN (SELECT value FROM json_each(?)) ORDER BY created_at DESC',
        intent,
        JSON.stringify(statuses),
      ),
    madeBy: (runbook, since) =>
      attempt(() =>
        Number(
          sqlite
            .prepare('SELECT count(*) AS made FROM plans WHERE runbook = ? AND created_at >= ?')
            .get(runbook, since)?.['made'],
        ),
      ),
  };
}

type Row = Record<string, unknown>;

/** A row, proved: PLAN_TAMPERED names what doesn't fit. */
function planOf(row: Row, key: Uint8Array): Plan {
  const [id, bytes, state] = [String(row['id']), String(row['bytes']), String(row['state'])];
  const sealed = parsed<SealedPlan>(bytes, id, 'what was sealed');
  if (typeof sealed !== 'object' || sealed === null || sealed.id !== id) throw tampered(id, 'what was sealed');
  const body = { id: sealed.id, bytes, digest: digestOf('plan', sealed), intent: String(row['intent']) };
  if (!isCode(row['mac'], codeOf(body, state, key))) throw tampered(id, 'the row');
  if (sealed.v !== 1) throw newer(id, sealed.v);
  const standing = parsed<PlanState>(state, id, 'its state');
  const columns = [id, row['digest'], row['status'], row['runbook'], Number(row['created_at'])];
  const due = [sealed.id, body.digest, standing.status, runbookOf(sealed), sealed.createdAt];
  if (columns.some((column, index) => column !== due[index])) throw tampered(id, 'a column');
  return { ...body, intent: digestIn(body.intent), sealed, ...standing };
}

/** The code proves that this program wrote it, so its shape is trusted; that it is canonical keeps out a second reading. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as ownJson
function parsed<T>(text: string, id: string, what: string): T {
  let value: T;
  try {
    value = ownJson<T>(text);
    if (canonicalJson(value) === text) return value;
  } catch (error) {
    throw tampered(id, what, error);
  }
  throw tampered(id, what);
}

function codeOf(
  plan: { readonly id: string; readonly digest: string; readonly intent: string },
  state: string,
  key: Uint8Array,
) {
  const covered = canonicalJson(['holdfast/plan-row/v1', plan.id, plan.digest, plan.intent, state]);
  return createHmac('sha256', key).update(covered).digest();
}

function stateOf(plan: Plan): PlanState {
  const { id: _id, bytes: _bytes, digest: _digest, sealed: _sealed, intent: _intent, ...state } = plan;
  return state;
}

function runbookOf({ origin: { actor } }: SealedPlan): string | null {
  return actor.kind === 'runbook' ? actor.name : null;
}

function digestIn(text: string): Digest {
  return `sha256:${text.slice('sha256:'.length)}`;
}

function tampered(id: string, what: string, cause?: unknown): CodedError {
  return new CodedError('PLAN_TAMPERED', `${what} of plan ${id} is not as Holdfast wrote it`, {
    where: id,
    next: 'nothing of this plan is carried out; make a new plan, and find out who writes to the state directory',
    cause,
  });
}

function newer(id: string, version: unknown): CodedError {
  return new CodedError('PLAN_NEWER', `plan ${id} was sealed in form ${String(version)}, this Holdfast knows form 1`, {
    where: id,
    next: 'use the Holdfast that made it, or make a new plan',
  });
}
