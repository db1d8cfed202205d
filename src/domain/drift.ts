import type { Inventory } from './baseline.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ResourceId } from './check.ts';
import type { HiddenFact, InventoryFact } from './inventory.ts';
import type { JsonObject } from './json.ts';

export const DIRECTIONS = ['added', 'removed', 'changed'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** One fact that is not as the baseline has it. */
export interface DriftedFact {
  readonly direction: Direction;
  readonly kind: string;
  readonly resource: ResourceId;
  readonly name: string;
  /** As the baseline has it; null: it has none. */
  readonly before: JsonObject | null;
  /** As it is now; null: it is gone. */
  readonly after: JsonObject | null;
}

/** How an inventory differs from its baseline. */
export interface Drift {
  /** By kind, then resource. */
  readonly drifted: readonly DriftedFact[];
  /** Parts that can't be compared, with the reason: findings of these neither appear nor are resolved. */
  readonly incomparable: readonly HiddenFact[];
  /** Kinds that the baseline never held and that are read now: nothing of them drifted, they are to be taken in. */
  readonly fresh: readonly string[];
}

/** Why a part that can be read now is not compared: the baseline was taken when it could not be. */
export const BASELINE_LACKS = 'BASELINE_LACKS';
/** Why a part of the baseline is not compared: nothing reads its kind any more. */
export const KIND_NOT_READ = 'KIND_NOT_READ';

/**
 * Compares what a scan saw with what was accepted. Whatever was hidden then or is hidden now is neither added nor
 * removed; a resource that is known to be there though its value is hidden can be added, and never changed.
 */
export function driftOf(baseline: Inventory, now: Inventory): Drift {
  const known = new Set(baseline.kinds);
  const read = new Set(now.kinds);
  const fresh = now.kinds.filter((kind) => !known.has(kind));
  const gone = baseline.kinds.filter((kind) => !read.has(kind));
  const hiddenNow = coverOf(now.hidden);
  const lacking = coverOf(baseline.hidden);
  const before = byKey(baseline.facts);
  const after = byKey(now.facts);
  // Then there is nothing left to compare: that it is gone is told.
  const isGone = (part: Keyed): boolean => before.has(keyOf(part)) && !after.has(keyOf(part));
  const drifted: DriftedFact[] = [];

  for (const fact of now.facts) {
    if (!known.has(fact.kind)) continue;
    const accepted = before.get(keyOf(fact));
    if (accepted === undefined) {
      if (!lacking(fact)) drifted.push(told('added', fact, null, fact.value));
    } else if (!hiddenNow(fact) && !lacking(fact) && !isSame(accepted, fact)) {
      drifted.push(told('changed', fact, accepted.value, fact.value));
    }
  }
  for (const fact of baseline.facts) {
    if (!read.has(fact.kind) || after.has(keyOf(fact)) || hiddenNow(fact)) continue;
    drifted.push(told('removed', fact, fact.value, null));
  }
  return {
    drifted: drifted.toSorted(byKindAndResource),
    incomparable: [
      ...now.hidden,
      ...baseline.hidden.filter((part) => read.has(part.kind) && !hiddenNow(part) && !isGone(part)).map(lacks),
      ...gone.flatMap((kind) => notRead(kind, baseline)),
    ].toSorted(byKindAndResource),
    fresh,
  };
}

/**
 * The baseline once `wanted` parts of what a scan saw were accepted, and the drift that this took in. Kinds that are
 * new to the baseline are taken whole; what is hidden now stays as it was accepted.
 */
export function acceptInto(
  baseline: Inventory,
  now: Inventory,
  wanted: (part: Pick<DriftedFact, 'kind' | 'resource' | 'name'>) => boolean,
): { readonly baseline: Inventory; readonly accepted: readonly DriftedFact[]; readonly parts: readonly HiddenFact[] } {
  const drift = driftOf(baseline, now);
  const accepted = drift.drifted.filter(wanted);
  const fresh = new Set(drift.fresh.filter((kind) => wantsKind(kind, now, wanted)));
  const parts = drift.incomparable.filter(
    ({ failure, ...part }) => (failure.code === BASELINE_LACKS || failure.code === KIND_NOT_READ) && wanted(part),
  );
  const seenAtLast = coverOf(parts.filter(({ failure }) => failure.code === BASELINE_LACKS));
  const left = coverOf(parts.filter(({ failure }) => failure.code === KIND_NOT_READ));
  const facts = byKey(baseline.facts.filter((fact) => !left(fact) && !seenAtLast(fact)));
  for (const fact of now.facts) if (fresh.has(fact.kind) || seenAtLast(fact)) facts.set(keyOf(fact), fact);
  const current = byKey(now.facts);
  for (const item of accepted) {
    const fact = current.get(keyOf(item));
    if (fact === undefined) facts.delete(keyOf(item));
    else facts.set(keyOf(item), fact);
  }
  const kinds = [...baseline.kinds.filter((kind) => now.kinds.includes(kind) || hasFacts(kind, facts)), ...fresh];
  const taken = new Set(accepted.map(keyOf));
  const isTaken = (part: Keyed): boolean => seenAtLast(part) || taken.has(keyOf(part));
  return {
    baseline: canonicalInventory({
      kinds,
      facts: [...facts.values()],
      hidden: [
        ...baseline.hidden.filter((part) => !isTaken(part) && kinds.includes(part.kind)),
        ...now.hidden.filter((part) => fresh.has(part.kind) || isTaken(part)),
      ],
    }),
    accepted,
    parts,
  };
}

/** The same inventory in the one order that its digest rests on. */
export function canonicalInventory({ kinds, facts, hidden }: Inventory): Inventory {
  return {
    kinds: [...new Set(kinds)].toSorted(),
    facts: facts.toSorted(byKindAndResource),
    hidden: hidden.toSorted(byKindAndResource),
  };
}

/** The accounts of each provider that an inventory speaks of: `host:1a2b3c4d5e6f`. */
export function accountsOf({ facts, hidden }: Pick<Inventory, 'facts' | 'hidden'>): ReadonlySet<string> {
  return new Set([...facts, ...hidden].map(({ resource }) => accountIn(resource)));
}

/** The provider of which the baseline and the scan have no account in common; null when there is none. */
export function foreignProvider(baseline: Inventory, now: Inventory): string | null {
  const then = accountsOf(baseline);
  const here = accountsOf(now);
  const providers = new Set([...then].map(providerIn));
  for (const provider of providers) {
    const mine = [...here].filter((account) => providerIn(account) === provider);
    if (mine.length > 0 && !mine.some((account) => then.has(account))) return provider;
  }
  return null;
}

/** Everything of a kind in an account. */
export function wholeKind(account: string, kind: string): ResourceId {
  return `${account}/${kind}/*`;
}

function accountIn(resource: ResourceId): string {
  const end = resource.indexOf('/');
  return end < 0 ? resource : resource.slice(0, end);
}

function providerIn(account: string): string {
  return account.slice(0, Math.max(0, account.indexOf(':')));
}

type Keyed = Pick<InventoryFact, 'kind' | 'resource'>;

function keyOf({ kind, resource }: Keyed): string {
  return `${kind}\0${resource}`;
}

function byKey(facts: readonly InventoryFact[]): Map<string, InventoryFact> {
  return new Map(facts.map((fact) => [keyOf(fact), fact]));
}

function byKindAndResource(a: Keyed, b: Keyed): number {
  const left = keyOf(a);
  const right = keyOf(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What a person calls it is no part of it: only the value is compared. */
function isSame(a: InventoryFact, b: InventoryFact): boolean {
  return canonicalJson(a.value) === canonicalJson(b.value);
}

function told(
  direction: Direction,
  { kind, resource, name }: InventoryFact,
  before: JsonObject | null,
  after: JsonObject | null,
): DriftedFact {
  return { direction, kind, resource, name, before, after };
}

/** Whether something lies within one of these parts; of ten thousand parts most are single resources. */
function coverOf(parts: readonly HiddenFact[]): (part: Keyed) => boolean {
  const single = new Set(parts.map(keyOf));
  const prefixes = parts.filter(({ resource }) => resource.endsWith('/*'));
  return (part) =>
    single.has(keyOf(part)) ||
    prefixes.some(({ kind, resource }) => kind === part.kind && part.resource.startsWith(resource.slice(0, -1)));
}

function lacks(part: HiddenFact): HiddenFact {
  return {
    ...part,
    failure: {
      code: BASELINE_LACKS,
      message: `It can be read now, but could not be when the baseline was taken (${part.failure.code}), so there is nothing to compare it with; accept it to have it compared.`,
    },
  };
}

function notRead(kind: string, baseline: Inventory): HiddenFact[] {
  const accounts = accountsOf({ ...baseline, facts: baseline.facts.filter((fact) => fact.kind === kind) });
  return [...accounts].map((account) => ({
    kind,
    resource: wholeKind(account, kind),
    name: kind,
    failure: {
      code: KIND_NOT_READ,
      message: `The baseline holds facts of the kind "${kind}", which this Holdfast does not read; accept to leave them out.`,
    },
  }));
}

function wantsKind(
  kind: string,
  now: Inventory,
  wanted: (part: Pick<DriftedFact, 'kind' | 'resource' | 'name'>) => boolean,
): boolean {
  return wanted({ kind, resource: kind, name: kind }) || now.facts.some((fact) => fact.kind === kind && wanted(fact));
}

function hasFacts(kind: string, facts: ReadonlyMap<string, InventoryFact>): boolean {
  return [...facts.values()].some((fact) => fact.kind === kind);
}
