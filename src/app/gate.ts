import { setTimeout as delay } from 'node:timers/promises';
import type { ActionContext } from '../domain/action.ts';
import type { ActionSettings } from '../domain/action-settings.ts';
import { shortHash } from '../domain/id.ts';
import type { Plan } from '../domain/plan.ts';
import { actionCatalog } from '../maker/actions/catalog.ts';
import type { PursueDeps } from '../maker/pursue.ts';
import { catalogueDigest, type SealDeps } from '../maker/seal.ts';
import { createGateStore } from '../store/gate.ts';
import { jobsTable } from '../store/jobs.ts';
import { takeLock } from '../store/lock.ts';
import type { StatefulApp } from './app.ts';
import { policyOfGrant } from './policies.ts';

/** The gate of this installation: what sealing, deciding and applying need, introduced to each other. */
export interface Gate extends PursueDeps, SealDeps {
  /** Puts the job that applies a plan into the queue; inside the transaction that authorises it. */
  authorised(plan: Plan): void;
  /** The same for one that was left in the middle; false when there is such a job, or was one. */
  enqueue(plan: Plan): boolean;
}

/** `durable`: whether counters kept here last; a runner that is thrown away keeps none. */
export function openGate(
  app: StatefulApp,
  options: { readonly signal: AbortSignal; readonly durable?: boolean },
): Gate {
  const { clock, random, version } = app.surroundings;
  const store = createGateStore(app.database, app.stateDir.gateKey, app.audit);
  const context: ActionContext = { clock, signal: options.signal, settings: settingsOf(app) };
  const jobs = jobsTable(app.database);
  const gate: Gate = {
    store,
    clock,
    random,
    redactor: app.redactor,
    instance: app.stateDir.instance,
    engine: version,
    catalog: actionCatalog,
    catalogue: catalogueDigest(actionCatalog),
    readerOf: (provider) => app.readers.of(provider),
    context,
    provider: app.provider,
    environments: app.config.environments,
    durable: options.durable ?? true,
    policyOf: async (plan) => (plan.grant.kind === 'policy' ? policyOfGrant(store, plan.grant) : null),
    lockTarget: (target) => takeLock(app.stateDir.lockPath(`target-${shortHash(target)}`)),
    sleep: async (ms, signal) => {
      await delay(ms, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error; // an aborted wait has ended, which is what was asked for
      });
    },
    authorised: (plan) => void jobs.insert(applyJob(plan, clock.now())),
    enqueue: (plan) => app.database.transaction(() => !jobs.insert(applyJob(plan, clock.now())).duplicate),
  };
  return gate;
}

/** How often a plan that could not be looked at is tried again, before its grant ends. */
const BACKOFF = { baseMs: 5_000, factor: 2, maxMs: 60_000 };
const ATTEMPTS = 200;

/** The job that applies a plan: one for each grant, one more for each time that the operator lets it go on. */
export function applyJob(plan: Plan, now: number) {
  const turn = 'progress' in plan ? `${plan.since}` : 'first';
  return {
    kind: 'apply',
    key: `apply:${plan.id}:${turn}`,
    payload: { plan: plan.id },
    runAt: now,
    maxAttempts: ATTEMPTS,
    backoff: BACKOFF,
  };
}

function settingsOf({ config: { host, prices }, stateDir, places }: StatefulApp): ActionSettings {
  return {
    ...(prices === undefined ? {} : { prices }),
    host: {
      pruneRoots: host.pruneRoots,
      keepOut: [stateDir.path, places.configDir],
      units: host.units,
      commands: Object.fromEntries(
        Object.entries(host.commands).map(([name, { timeout, ...command }]) => [
          name,
          { ...command, timeoutMs: timeout },
        ]),
      ),
    },
  };
}
