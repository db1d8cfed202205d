import type {
  Check,
  CheckCatalog,
  CheckId,
  Evidence,
  FindingDraft,
  Observation,
  ReadContext,
  Seen,
} from '../domain/check.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { digestOf } from '../domain/digest.ts';
import { wholeKind, type Direction, type Drift, type DriftedFact } from '../domain/drift.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { printable } from '../domain/printable.ts';
import { SEVERITIES } from '../domain/severity.ts';
import { shellQuote } from '../checks/shell-quote.ts';
import type { Scan } from './inventory-scan.ts';

/** No provider of checks: the sources of the inventory bring their own readers. */
export const DRIFT_PROVIDER = 'inventory';
export const DRIFT_CHECK: CheckId = `${DRIFT_PROVIDER}/drift`;

/** A scan, held against a baseline. */
export interface Compared {
  readonly scan: Scan;
  readonly drift: Drift;
  /** Whether there was no baseline, so that this scan becomes it. */
  readonly first: boolean;
}

/**
 * What a runbook with `baseline:` asks beside its checks: one observation for each fact that is not as it was accepted,
 * so that drift has an identity, is told once, can be muted and is resolved like any other finding.
 */
export function driftCheck(baseline: string, compare: (context: ReadContext) => Promise<Compared>): Check {
  return {
    id: DRIFT_CHECK,
    title: 'Drift from the accepted baseline',
    keywords: ['drift', 'baseline', 'change'],
    description: 'Compares the inventory with the baseline that the runbook names.',
    standalone: false,
    params: { safeParse: () => ({ success: true, data: {} }) },
    // The sources have limits of their own, and the run has one.
    timeoutMs: 600_000,
    read: async (_reader, _params, context) => observe(baseline, await compare(context)),
    judge: (seen) => (seen.resource === baselineId(baseline) ? [] : [judge(seen, baseline)]),
    summary: (seen) => summary(baseline, seen),
  };
}

export function withDrift(catalog: CheckCatalog, check: Check): CheckCatalog {
  return {
    ids: [...catalog.ids, DRIFT_CHECK],
    aliases: catalog.aliases,
    load: async (id) => (id === DRIFT_CHECK ? check : catalog.load(id)),
  };
}

/** More than so many of a kind in one direction are told as one: nobody reads a list of ten thousand, and none is lost. */
export const TOLD_ONE_BY_ONE = 200;

function observe(baseline: string, { scan, drift, first }: Compared): Observation[] {
  const groups = Map.groupBy(drift.drifted, ({ direction, kind, resource }) =>
    [direction, resource.slice(0, resource.indexOf('/')), kind].join('\0'),
  );
  const told = [...groups.values()].flatMap((group) =>
    group.length > TOLD_ONE_BY_ONE ? together(group, scan) : group.map((fact) => single(fact, scan)),
  );
  const hidden = drift.incomparable.map(
    ({ resource, name, failure }): Observation => ({ status: 'unknown', resource, name, failure }),
  );
  const unread = scan.unread.map(
    ({ source, failure }): Observation => ({
      status: 'unknown',
      resource: `holdfast:local/inventory/${source}`,
      name: source,
      failure,
    }),
  );
  const facts = { facts: scan.inventory.facts.length, first, fresh: drift.fresh, hidden: drift.incomparable.length };
  return [{ status: 'seen', resource: baselineId(baseline), name: baseline, facts }, ...told, ...hidden, ...unread];
}

function single({ direction, kind, resource, name, before, after }: DriftedFact, scan: Scan): Observation {
  const facts = { ...meaning(direction, kind, scan), before, after };
  return { status: 'seen', resource, name, facts };
}

/** Those by themselves are hidden meanwhile, so that none of their findings is taken for resolved. */
function together(group: readonly DriftedFact[], scan: Scan): Observation[] {
  const [first] = group;
  if (first === undefined) return [];
  const { direction, kind } = first;
  const resource = wholeKind(first.resource.slice(0, first.resource.indexOf('/')), kind);
  const names = group.slice(0, 20).map(({ name }) => name);
  return [
    {
      status: 'seen',
      resource: resource.slice(0, -2),
      name: kind,
      facts: { ...meaning(direction, kind, scan), together: group.length, names },
    },
    {
      status: 'unknown',
      resource,
      name: kind,
      failure: {
        code: 'TOO_MANY',
        message: `${group.length} of them were ${direction} at once, which is told as one finding; each by itself was not judged.`,
      },
    },
  ];
}

function meaning(direction: Direction, kind: string, { kinds }: Scan): JsonObject {
  const meant = kinds.get(kind);
  return {
    direction,
    kind,
    noun: meant?.noun ?? kind,
    severity: meant?.[direction] ?? 'medium',
    source: meant?.source ?? 'inventory',
  };
}

function judge({ resource, name, facts }: Seen, baseline: string): FindingDraft {
  const text = (key: string): string => textIn(facts, key);
  const direction = text('direction');
  const many = typeof facts['together'] === 'number' ? facts['together'] : null;
  const only = many === null ? resource : text('kind');
  const after = facts['after'];
  return {
    discriminator: many === null ? direction : `${direction}-together`,
    severity: SEVERITIES.find((severity) => severity === facts['severity']) ?? 'medium',
    title:
      many === null
        ? `${text('noun')} was ${direction}: ${printable(name)}`.replace(/^./, (letter) => letter.toUpperCase())
        : `${many} of the kind ${text('kind')} were ${direction} at once`,
    why: `It is not as the baseline "${baseline}" has it. Drift that nobody meant is how an intrusion, or a hand that slipped, shows first.`,
    next: `See all of it: holdfast baseline diff ${shellQuote(baseline)}. If it is meant: holdfast baseline accept ${shellQuote(baseline)} --only ${shellQuote(only)} --reason "…"`,
    evidence: many === null ? evidenceOf(facts) : togetherEvidence(facts),
    // A value that moves again before anybody accepted it is news again.
    ...(many === null && direction !== 'removed'
      ? { evidenceClass: `as-${digestOf('drift', after).slice('sha256:'.length, 'sha256:'.length + 12)}` }
      : {}),
  };
}

/** What was added or removed in full; of what changed, the members that differ, before and now. */
function evidenceOf(facts: JsonObject): Evidence[] {
  const [before, after] = [facts['before'], facts['after']].map(membersOf);
  const source = textIn(facts, 'source');
  const accepted = `baseline, ${source}`;
  if (before === undefined || after === undefined) return [];
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name) => {
    const [old, now] = [before.get(name) ?? null, after.get(name) ?? null];
    if (facts['before'] === null) return [{ label: name, value: plain(now), source }];
    if (facts['after'] === null) return [{ label: name, value: plain(old), source: accepted }];
    if (canonicalJson(old) === canonicalJson(now)) return [];
    return [
      { label: `${name} before`, value: plain(old), source: accepted },
      { label: `${name} now`, value: plain(now), source },
    ];
  });
}

function togetherEvidence(facts: JsonObject): Evidence[] {
  const source = textIn(facts, 'source');
  return [{ label: 'some of them', value: plain(facts['names'] ?? []), source }];
}

function membersOf(value: JsonValue | undefined): ReadonlyMap<string, JsonValue> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function textIn(facts: JsonObject, key: string): string {
  const value = facts[key];
  return typeof value === 'string' ? value : '';
}

function plain(value: JsonValue): JsonValue {
  if (typeof value === 'string') return printable(value);
  return Array.isArray(value) ? value.map((item: JsonValue) => plain(item)) : value;
}

function baselineId(name: string): string {
  return `holdfast:local/baseline/${name}`;
}

function summary(baseline: string, seen: readonly Seen[]): string | null {
  const facts = seen.find(({ resource }) => resource === baselineId(baseline))?.facts;
  if (facts === undefined) return null;
  const count = Number(facts['facts']);
  const hidden = Number(facts['hidden']);
  if (facts['first'] === true) {
    const lacking = hidden === 0 ? '' : `; parts that could not be read, and are not in it: ${hidden}`;
    return `The first scan: its ${count} facts became the baseline "${baseline}"${lacking}.`;
  }
  const lacking = hidden === 0 ? '' : `; parts that can not be compared: ${hidden}`;
  const fresh = Array.isArray(facts['fresh']) ? facts['fresh'].map(String) : [];
  const taken = fresh.length === 0 ? '' : `; kinds that are new to it were taken in: ${fresh.join(', ')}`;
  return `${count} facts compared with the baseline "${baseline}"${taken}${lacking}.`;
}
