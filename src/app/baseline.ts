import type { BaselineEvent, KeptInventory, Inventory } from '../domain/baseline.ts';
import { CodedError } from '../domain/coded-error.ts';
import { acceptInto, driftOf, foreignProvider, type Drift, type DriftedFact } from '../domain/drift.ts';
import { THIS_MACHINE } from '../domain/inventory-scope.ts';
import { matchesGlob } from '../domain/glob.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import { suggest } from '../domain/suggest.ts';
import { baselinesTable, type BaselinesTable } from '../store/baselines.ts';
import type { StatefulApp } from './app.ts';
import { driftFrom, keepBaseline, lookNow } from './drift.ts';
import { operator } from './plans.ts';

/** A baseline as it was accepted. */
export interface NamedBaseline extends KeptInventory {
  readonly name: string;
}

/** How things are now, held against a baseline. */
export interface BaselineDiff {
  readonly name: string;
  /** null: there is none yet, and all that was seen would become it. */
  readonly baseline: KeptInventory | null;
  /** When it was looked. */
  readonly at: number;
  readonly facts: number;
  readonly drift: Drift;
}

/** What accepting did; `event` is null when nothing differed. */
export interface Accepted {
  readonly name: string;
  /** When that which was accepted was seen. */
  readonly seenAt: number;
  readonly event: BaselineEvent | null;
  /** How many facts still differ, as far as was seen then. */
  readonly left: number;
}

/** The baseline of that name, or the only one there is; NOT_FOUND, AMBIGUOUS or BASELINE_CORRUPT. */
export function showBaseline(app: StatefulApp, named: string | null): NamedBaseline {
  const table = baselinesTable(app.database);
  const name = theName(table, named);
  const kept = table.baseline(name);
  if (kept === null) throw notTaken(name);
  return { name, ...kept };
}

/** Looks now, and keeps what was seen: it is what `accept` takes. */
export async function diffBaseline(app: StatefulApp, named: string | null, signal: AbortSignal): Promise<BaselineDiff> {
  return diffNow(app, named, signal, (table, name, inventory, at) =>
    app.database.transaction(() => table.writeScan(name, inventory, at)),
  );
}

/** Looks now, and keeps nothing: what `accept` takes stays what the operator, or a run, saw last. */
export async function glanceAtDrift(
  app: StatefulApp,
  named: string | null,
  signal: AbortSignal,
): Promise<BaselineDiff> {
  return diffNow(app, named, signal, () => undefined);
}

async function diffNow(
  app: StatefulApp,
  named: string | null,
  signal: AbortSignal,
  keep: (table: BaselinesTable, name: string, inventory: Redacted<Inventory>, at: number) => void,
): Promise<BaselineDiff> {
  const table = baselinesTable(app.database);
  const name = theName(table, named);
  const { inventory } = await lookNow(app, name, table.scope(name) ?? THIS_MACHINE, signal);
  const at = app.surroundings.clock.now();
  keep(table, name, inventory, at);
  const baseline = table.baseline(name);
  const drift = driftFrom(name, baseline?.inventory ?? null, inventory);
  return { name, baseline, at, facts: inventory.facts.length, drift };
}

/**
 * Accepts what the last scan, or `diff`, saw: not how things are now, so that nothing is accepted that nobody was
 * shown. With `only`, what a pattern fits by kind, resource or name; without, all of it, and then a baseline that is
 * corrupt or of another machine is replaced whole. BASELINE_INVALID without a reason, or when a pattern fits nothing.
 */
export function acceptBaseline(
  app: StatefulApp,
  named: string | null,
  { only, reason }: { readonly only: readonly string[]; readonly reason: string },
): Accepted {
  if (reason.trim() === '')
    throw new CodedError('BASELINE_INVALID', 'accepting needs a reason', { next: 'add --reason "why"' });
  const table = baselinesTable(app.database);
  const name = theName(table, named);
  const accepted = app.database.transaction((): Accepted => {
    const seen = table.scan(name);
    if (seen === null) throw nothingSeen(name);
    const before = readable(table, name, seen.inventory, only.length === 0);
    const taken = take(before?.inventory ?? null, seen.inventory, only);
    const left = driftOf(taken.baseline, seen.inventory).drifted.length;
    if (before !== null && !taken.anything) return { name, seenAt: seen.at, event: null, left };
    const event = keepBaseline(app, table, name, taken.baseline, {
      actor: operator(app),
      event: 'accepted',
      reason: app.redactor.text(reason.trim()),
      before: before?.digest ?? null,
      accepted: taken.accepted,
    });
    return { name, seenAt: seen.at, event, left };
  });
  app.audit.sealHead();
  return accepted;
}

/** Who accepted what, when and why, oldest first. */
export function baselineHistory(
  app: StatefulApp,
  named: string | null,
): { readonly name: string; readonly events: readonly BaselineEvent[] } {
  const table = baselinesTable(app.database);
  const name = theName(table, named);
  return { name, events: table.history(name) };
}

interface Taken {
  readonly baseline: Inventory;
  readonly accepted: readonly DriftedFact[];
  readonly anything: boolean;
}

function take(baseline: Inventory | null, seen: Inventory, only: readonly string[]): Taken {
  if (baseline === null) return { baseline: seen, accepted: [], anything: true };
  const patterns = only.map((pattern) => ({ pattern, used: false }));
  const wanted = (part: Pick<DriftedFact, 'kind' | 'resource' | 'name'>): boolean => {
    const fitting = patterns.filter(({ pattern }) =>
      [part.kind, part.resource, part.name].some((text) => matchesGlob(pattern, text)),
    );
    for (const pattern of fitting) pattern.used = true;
    return only.length === 0 || fitting.length > 0;
  };
  const fresh = driftOf(baseline, seen).fresh.length;
  const { baseline: after, accepted, parts } = acceptInto(baseline, seen, wanted);
  const unused = patterns.find(({ used }) => !used);
  if (unused !== undefined) {
    throw new CodedError('BASELINE_INVALID', `nothing that differs fits "${unused.pattern}"`, {
      next: '`holdfast baseline diff` shows what differs; a pattern fits a whole kind, resource or name, and "*" stands for anything',
    });
  }
  return { baseline: after, accepted, anything: accepted.length + parts.length + fresh > 0 };
}

/** The baseline to accept into; null when all that was seen takes its place. */
function readable(
  table: BaselinesTable,
  name: string,
  seen: Redacted<Inventory>,
  mayReplace: boolean,
): KeptInventory | null {
  try {
    const kept = table.baseline(name);
    if (kept !== null && mayReplace && foreignProvider(kept.inventory, seen) !== null) return null;
    // Throws BASELINE_OF_ANOTHER: of a foreign baseline no single thing can be accepted.
    driftFrom(name, kept?.inventory ?? null, seen);
    return kept;
  } catch (error) {
    if (mayReplace && error instanceof CodedError && error.code === 'BASELINE_CORRUPT') return null;
    throw error;
  }
}

function theName(table: BaselinesTable, named: string | null): string {
  const names = table.names();
  const [first, ...others] = names;
  if (named === null && first !== undefined && others.length === 0) return first;
  if (named === null && first !== undefined)
    throw new CodedError('AMBIGUOUS', `there are several baselines: ${names.join(', ')}`, { next: 'name one' });
  if (named !== null && names.includes(named)) return named;
  const near = named === null ? null : suggest(named, names);
  throw new CodedError('NOT_FOUND', named === null ? 'there is no baseline yet' : `there is no baseline "${named}"`, {
    next:
      near === null
        ? `write \`baseline: ${named ?? 'production'}\` in a runbook and run it: its first scan becomes the baseline`
        : `did you mean "${near}"?`,
  });
}

function notTaken(name: string): CodedError {
  return new CodedError('NOT_FOUND', `the baseline "${name}" was not taken yet`, {
    next: `\`holdfast baseline diff ${name}\` shows what was seen; accept it, or run the runbook`,
  });
}

function nothingSeen(name: string): CodedError {
  return new CodedError('NOT_FOUND', `nothing was seen yet for the baseline "${name}"`, {
    next: `holdfast baseline diff ${name}`,
  });
}
