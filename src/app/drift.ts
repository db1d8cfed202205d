import { EVENT_ITEMS_KEPT, type BaselineEvent, type DriftCounts, type Inventory } from '../domain/baseline.ts';
import type { Actor } from '../domain/actor.ts';
import type { CheckCatalog, ReadContext, Together } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Digest } from '../domain/digest.ts';
import { accountsOf, acceptInto, driftOf, foreignProvider, type DriftedFact } from '../domain/drift.ts';
import type { InventoryScope } from '../domain/inventory-scope.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { RunLedger } from '../domain/run.ts';
import type { ComparedBaseline, Runbook } from '../domain/runbook.ts';
import { baselinesTable, type BaselinesTable } from '../store/baselines.ts';
import type { StatefulApp } from './app.ts';
import { DRIFT_CHECK, driftCheck, withDrift, type Compared } from './drift-check.ts';
import { scanInventory, type Scan } from './inventory-scan.ts';

/** A runbook that compares with a baseline, and what its run needs for that. */
export interface Watched {
  readonly runbook: Runbook;
  readonly catalog: CheckCatalog;
  readonly ledger: RunLedger;
}

/**
 * Adds the comparison with its baseline to what a runbook checks. What the scan saw is kept in the transaction that
 * keeps the run, so that no baseline is taken by a run that was cut off: the first one takes it whole, a later one
 * takes in kinds that are new to it.
 */
export function watchDrift(app: StatefulApp, runbook: Runbook, ledger: RunLedger): Watched {
  if (runbook.baseline === null) return { runbook, catalog: app.catalog, ledger };
  const { name, of } = runbook.baseline;
  const table = baselinesTable(app.database);
  const seen: { scan: Scan | null; compared: boolean } = { scan: null, compared: false };
  const compare = async ({ signal, together }: ReadContext): Promise<Compared> => {
    refuseUnkept(app);
    const scan = await lookNow(app, name, of, signal, together);
    seen.scan = scan;
    const compared = withNext(() => {
      const accepted = table.baseline(name)?.inventory ?? null;
      return { scan, drift: driftFrom(name, accepted, scan.inventory), first: accepted === null };
    });
    seen.compared = true;
    return compared;
  };
  return {
    runbook: { ...runbook, checks: [...runbook.checks, { id: DRIFT_CHECK, params: {} }] },
    catalog: withDrift(app.catalog, driftCheck(name, compare)),
    ledger: {
      ...ledger,
      settle: (runbookName, decide) => {
        let isAudited = false;
        ledger.settle(runbookName, (known) => {
          const settlement = decide(known);
          if (seen.scan !== null) isAudited = keepScan(app, table, { name, of }, seen.scan.inventory, seen.compared);
          return settlement;
        });
        if (isAudited) app.audit.sealHead();
      },
    },
  };
}

/** Looks at the inventory now, for a baseline: where a source fails, the baseline says what it would have read. */
export function lookNow(
  app: StatefulApp,
  name: string,
  scope: InventoryScope,
  signal: AbortSignal,
  together: Together = { signal },
): Promise<Scan> {
  return scanInventory(scope, knownAccounts(app, name), {
    catalog: app.inventory,
    readerOf: (provider) => app.readers.of(provider),
    redactor: app.redactor,
    files: app.config.inventory.files,
    signal,
    together,
  });
}

/** The drift from a baseline, BASELINE_OF_ANOTHER when it is not of here; against none, everything is new to it. */
export function driftFrom(name: string, baseline: Inventory | null, now: Inventory) {
  if (baseline === null) return driftOf({ kinds: [], facts: [], hidden: [] }, now);
  const provider = foreignProvider(baseline, now);
  if (provider === null) return driftOf(baseline, now);
  throw new CodedError(
    'BASELINE_OF_ANOTHER',
    `the baseline "${name}" was taken of another ${provider === 'host' ? 'machine' : `account of ${provider}`} (${[...accountsOf(baseline)].join(', ')}; this is ${[...accountsOf(now)].join(', ')})`,
    {
      next: `name another baseline in the runbook, or make this one's place: \`holdfast baseline accept ${name} --reason …\` takes what is here now, whole`,
    },
  );
}

/** Writes a baseline, its history and its audit entry. Called within a transaction; whoever calls seals the head after it. */
export function keepBaseline(
  app: StatefulApp,
  table: BaselinesTable,
  name: string,
  inventory: Inventory,
  event: Pick<BaselineEvent, 'actor' | 'event' | 'reason' | 'before'> & { readonly accepted: readonly DriftedFact[] },
): BaselineEvent {
  const at = app.surroundings.clock.now();
  const { accepted, ...said } = event;
  // Its facts were redacted when they were seen; once more is what proves it of what was made of them.
  const after = table.writeBaseline(name, app.redactor.data(inventory), at);
  const counts = countsOf(accepted, inventory);
  const items = accepted
    .slice(0, EVENT_ITEMS_KEPT)
    .map(({ direction, kind, resource, name: called }) =>
      app.redactor.data({ direction, kind, resource, name: called }),
    );
  const kept: BaselineEvent = { ...said, at, after, counts, items };
  table.writeEvent(name, kept);
  auditIt(app, name, kept);
  return kept;
}

function auditIt(
  app: StatefulApp,
  name: string,
  { actor, event, reason, before, after, counts, items }: BaselineEvent,
) {
  app.audit.append({
    actor,
    verb: 'baseline-accepted',
    object: name,
    outcome: event,
    detail: app.redactor.data({
      reason,
      before,
      after,
      ...counts,
      items: items.slice(0, 20).map(({ direction, resource }) => `${direction} ${resource}`),
    }),
  });
}

function countsOf(accepted: readonly DriftedFact[], { facts }: Inventory): DriftCounts {
  const of = (direction: string): number => accepted.filter((item) => item.direction === direction).length;
  return { added: of('added'), removed: of('removed'), changed: of('changed'), facts: facts.length };
}

const SCAN: Actor = { kind: 'holdfast', name: 'scan' };

/**
 * Decided again on what is kept at this moment: somebody may have accepted while the scan was going on.
 * Returns whether the baseline was written, and so the audit.
 */
function keepScan(
  app: StatefulApp,
  table: BaselinesTable,
  { name, of }: ComparedBaseline,
  inventory: Redacted<Inventory>,
  compared: boolean,
): boolean {
  table.writeScope(name, of);
  table.writeScan(name, inventory, app.surroundings.clock.now());
  if (!compared) return false;
  const kept = table.baseline(name);
  if (kept === null) {
    const reason = app.redactor.text('the first scan');
    keepBaseline(app, table, name, inventory, { actor: SCAN, event: 'taken', reason, before: null, accepted: [] });
    return true;
  }
  const fresh = new Set(driftFrom(name, kept.inventory, inventory).fresh);
  if (fresh.size === 0) return false;
  const { baseline } = acceptInto(kept.inventory, inventory, ({ kind }) => fresh.has(kind));
  const reason = app.redactor.text(`read for the first time: ${[...fresh].join(', ')}`);
  const before: Digest = kept.digest;
  keepBaseline(app, table, name, baseline, { actor: SCAN, event: 'extended', reason, before, accepted: [] });
  return true;
}

function knownAccounts(app: StatefulApp, name: string): ReadonlySet<string> {
  try {
    const kept = baselinesTable(app.database).baseline(name);
    return kept === null ? new Set() : accountsOf(kept.inventory);
  } catch (error) {
    // Told when it is compared with; looking goes on, so that there is something to put in its place.
    if (error instanceof CodedError && error.code === 'BASELINE_CORRUPT') return new Set();
    throw error;
  }
}

/** With a database in memory there is no baseline to be seen, and taking one would be a lie. */
function refuseUnkept({ unkept }: StatefulApp): void {
  if (unkept !== null)
    throw new CodedError(unkept.code, `the baseline can't be read: ${unkept.message}`, { cause: unkept });
}

/** Of an error that becomes a check's failure only the message is told: what to do next goes into it. */
function withNext<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CodedError) || error.next === null) throw error;
    const { code, message, next } = error;
    throw new CodedError(code, `${message}; ${next}`, { next, cause: error.cause });
  }
}
