import { createHmac } from 'node:crypto';
import type { AuditLog } from '../domain/audit.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { GateStore, Hold, Pin } from '../domain/gate-store.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { Database } from './database.ts';
import { metaTable } from './meta.ts';
import { isCode } from './keyed-code.ts';
import { ownJson } from './own-json.ts';
import { plansTable } from './plans.ts';

const HOLD = 'hold';
const SPAN_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** The gate's store on the embedded database; `key` is the installation's own, kept outside of it. */
export function createGateStore(database: Database, key: Uint8Array, audit: AuditLog): GateStore {
  const { sqlite, attempt } = database;
  const meta = metaTable(database);
  const sum = sqlite.prepare('SELECT total(amount) AS used FROM policy_uses WHERE key = ? AND at > ?');
  const use = sqlite.prepare('INSERT INTO policy_uses (key, at, amount, plan) VALUES (?, ?, ?, ?)');
  const nextFence = sqlite.prepare(
    'INSERT INTO fences (target, fence) VALUES (?, 1) ON CONFLICT (target) DO UPDATE SET fence = fence + 1 RETURNING fence',
  );
  const fence = sqlite.prepare('SELECT fence FROM fences WHERE target = ?');
  const pinOf = sqlite.prepare('SELECT digest, policy, path, at, mac FROM pins WHERE digest = ?');
  const untrust = sqlite.prepare('DELETE FROM pins WHERE digest = ?');
  const trust = sqlite.prepare(
    `INSERT INTO pins (digest, policy, path, at, mac) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (digest) DO UPDATE SET policy = excluded.policy, path = excluded.path, at = excluded.at, mac = excluded.mac`,
  );
  return {
    ...plansTable(database, key),
    audit,
    transaction: (work) => (sqlite.isTransaction ? work() : database.transaction(work)),
    used: (keys, at) =>
      attempt(
        () =>
          new Map(keys.map(({ key: name, per }) => [name, Number(sum.get(name, at - SPAN_MS[per])?.['used'] ?? 0)])),
      ),
    use: (uses, plan, at) => {
      attempt(() => {
        for (const { key: name, amount } of uses) use.run(name, at, amount, plan);
      });
    },
    nextFence: (target) => attempt(() => Number(nextFence.all(target)[0]?.['fence'])),
    fence: (target) => attempt(() => Number(fence.get(target)?.['fence'] ?? 0)),
    hold: () => holdIn(meta.get(HOLD)),
    setHold: (hold) => {
      meta.set(HOLD, JSON.stringify(hold));
    },
    isTrusted: (digest) => attempt(() => pinOf.all(digest).some((row) => isProved(row, key))),
    trust: (pin) => {
      attempt(() => trust.run(pin.digest, pin.policy, pin.path, pin.at, codeOf(pin, key).toString('hex')));
    },
    untrust: (digest) => {
      attempt(() => untrust.run(digest));
    },
  };
}

/** Fails closed: a hold that can't be read holds. */
function holdIn(text: string | null): Hold | null {
  if (text === null) return null;
  try {
    return ownJson<Hold | null>(text);
  } catch (error) {
    throw new CodedError('HOLD_UNREADABLE', 'whether everything is held can not be read, so nothing is applied', {
      next: '`holdfast hold` and then `holdfast release` write it anew',
      cause: error,
    });
  }
}

type Row = Record<string, unknown>;

function pinIn(row: Row): Pin {
  return {
    digest: `sha256:${String(row['digest']).slice('sha256:'.length)}`,
    policy: String(row['policy']),
    path: ownJson<Redacted<string>>(JSON.stringify(row['path'])),
    at: Number(row['at']),
  };
}

/** A pin that was not written by this program, or was changed, is none. */
function isProved(row: Row, key: Uint8Array): boolean {
  return isCode(row['mac'], codeOf(pinIn(row), key));
}

function codeOf({ digest, policy, path, at }: Pin, key: Uint8Array): Buffer {
  return createHmac('sha256', key)
    .update(canonicalJson(['holdfast/pin/v1', digest, policy, path, at]))
    .digest();
}
