import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { policyOfGrant } from '../../../src/app/policies.ts';
import type { ActionCatalog } from '../../../src/domain/action.ts';
import { createRedactor } from '../../../src/domain/redaction/redactor.ts';
import type { ProposeDeps } from '../../../src/maker/propose.ts';
import type { PursueDeps } from '../../../src/maker/pursue.ts';
import { catalogueDigest } from '../../../src/maker/seal.ts';
import { auditLog, type Audit } from '../../../src/store/audit.ts';
import { openDatabase, openMemory, type Database } from '../../../src/store/database.ts';
import { createGateStore } from '../../../src/store/gate.ts';
import { takeLock } from '../../../src/store/lock.ts';
import { fakeCatalog, fakeReaders, type FakeCatalogOptions } from '../fake-provider/actions.ts';
import type { FakeAddress } from '../fake-provider/server.ts';

/** Tuesday, 2026-11-24 10:00 in UTC: where a gate's clock stands at first. */
export const TUESDAY = Date.UTC(2026, 10, 24, 10);
export const HOUR = 3_600_000;

/** The installation's key in tests; one that somebody else would have is any other. */
export const GATE_KEY = new Uint8Array(32).fill(7);

export interface GateClock {
  /** Milliseconds since the epoch; a test sets it. */
  at: number;
  now(): number;
  monotonic(): number;
}

/** All that the gate is called with, on a real store and the fake provider. */
export interface GateAtHand extends PursueDeps, ProposeDeps {
  readonly database: Database;
  readonly log: Audit;
  readonly clock: GateClock;
  /** Stops what is under way. */
  readonly stop: AbortController;
}

export interface GateOptions {
  /** Where the database lies; null: in memory, and gone with the process. */
  readonly folder: string | null;
  readonly actions: Partial<FakeCatalogOptions>;
  /** What stands between the gate and the actions, for faults. */
  readonly catalog: (catalog: ActionCatalog) => ActionCatalog;
  readonly engine: string;
  readonly instance: string;
  readonly durable: boolean;
  /** Waits for real, as processes that race must; else a wait is over at once, and the clock has moved. */
  readonly waits: boolean;
}

const DEFAULTS: GateOptions = {
  folder: null,
  actions: {},
  catalog: (catalog) => catalog,
  engine: '1.0.0',
  instance: '7c0e1a52-0000-4000-8000-000000000000',
  durable: true,
  waits: false,
};

/** A gate as a process opens it. Whoever opens it closes its database. */
export function openGate(address: FakeAddress, options: Partial<GateOptions> = {}): GateAtHand {
  const chosen = { ...DEFAULTS, ...options };
  const { folder, engine, instance, durable } = chosen;
  const clock = gateClock();
  const random = (size: number): Uint8Array => randomBytes(size);
  const database = folder === null ? openMemory() : openDatabase(join(folder, 'holdfast.db'));
  const files = folder === null ? null : { head: join(folder, 'audit.head'), key: join(folder, 'audit.key') };
  const log = auditLog(database, { clock, random, instance, files });
  const store = createGateStore(database, GATE_KEY, log);
  const redactor = createRedactor({ key: new Uint8Array(32), known: [address.token] });
  const catalog = chosen.catalog(fakeCatalog(address, chosen.actions));
  const stop = new AbortController();
  const held = new Set<string>();
  return {
    database,
    log,
    clock,
    stop,
    store,
    random,
    redactor,
    instance,
    engine,
    catalog,
    catalogue: catalogueDigest(catalog),
    readerOf: (provider) => fakeReaders(address).of(provider),
    context: {
      clock,
      signal: stop.signal,
      settings: { host: { pruneRoots: [], keepOut: [], units: [], commands: {} } },
    },
    provider: {
      clock,
      env: {},
      home: '/nowhere',
      platform: 'linux',
      instance,
      learn: (secret) => redactor.learn(secret),
    },
    environments: {},
    durable,
    policyOf: async ({ grant }) => (grant.kind === 'policy' ? policyOfGrant(store, grant) : null),
    lockTarget: folder === null ? (target) => lockIn(held, target) : () => takeLock(join(folder, 'target.lock')),
    sleep: async (ms, signal) => {
      if (chosen.waits) await delay(ms, undefined, { signal });
      else clock.at += ms;
    },
    policy: null,
    untrusted: null,
    apply: false,
    runbookPlansPerDay: 20,
    authorised: () => undefined,
  };
}

function gateClock(): GateClock {
  return {
    at: TUESDAY,
    now() {
      return this.at;
    },
    monotonic() {
      return this.at;
    },
  };
}

function lockIn(held: Set<string>, target: string): { release(): void } | null {
  if (held.has(target)) return null;
  held.add(target);
  return { release: () => void held.delete(target) };
}
