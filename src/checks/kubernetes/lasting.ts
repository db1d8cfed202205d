import * as z from 'zod';
import type { Failure, FindingDraft, History, Observation, ReadContext, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import { instantOf, type KindName, type KubeObject } from '../../providers/kubernetes/reader.ts';
import { shellQuote } from '../shell-quote.ts';
import type { Problem, Rule } from './problems.ts';
import type { Named, Scene } from './scene.ts';

/** A condition of an object that matters once it has lasted, with the time since when it holds. */
export interface LastingProblem extends Problem {
  /**
   * Since when, milliseconds since the epoch, by the times in the objects. 0: the object should say and does not, so it
   * is as old as anything. null: objects of this kind have no time for it; earlier looks tell.
   */
  readonly since: number | null;
  /** Tells several findings of one rule on one object apart: the type of a condition, the name of a resource. */
  readonly apart?: string;
  /** Only earlier looks with the same mark saw the same: a generation, a revision. */
  readonly mark?: string;
  /** When something last moved: until it has stood still for a while, there is hope. */
  readonly moved?: number;
  /** The worse of the two kinds that the rule knows: nothing is left. */
  readonly worse?: boolean;
}

export interface LastingRule extends Rule {
  /** How long the condition must have held, milliseconds. */
  readonly afterMs: number;
  /** True: the times stand in parts that come and go (pods), so that earlier looks count beside them. */
  readonly looks?: true;
  /** How long nothing may have moved before it is reported. */
  readonly stillMs?: number;
  /** The severity of the worse kind. */
  readonly worse?: Severity;
}

const lastingProblem = z.object({
  rule: z.string(),
  about: z.string().optional(),
  fields: z.array(z.object({ path: z.string(), value: z.union([z.string(), z.number(), z.boolean(), z.null()]) })),
  since: z.number().nullable(),
  apart: z.string().optional(),
  mark: z.string().optional(),
  moved: z.number().optional(),
  worse: z.boolean().optional(),
});
type Parsed = z.output<typeof lastingProblem>;

const lastingFacts = z.object({
  object: z.object({
    kind: z.string(),
    namespace: z.string().nullable(),
    name: z.string(),
    uid: z.string().nullable(),
  }),
  problems: z.array(lastingProblem),
  /** What earlier looks saw by rules that are blind now. */
  kept: z.array(z.string()).optional(),
});

/** Rules of an object that could not be looked at now, because a list that they need could not be read. */
export interface Blind {
  readonly rules: readonly string[];
  readonly failure: Failure;
}

/** What is remembered of an object: which conditions held, and of which object by that name. */
const lastingSample = z.object({ uid: z.string().nullable(), holding: z.array(z.string()) });

/** The time of a condition or another field that should say when: 0 where it does not. */
export function timeOf(text: string | undefined): number {
  return instantOf(text) ?? 0;
}

/** Where an object of this kind has no time for a condition: null, but for one that bears no times at all. */
export function untold({ metadata }: KubeObject): number | null {
  return metadata.creationTimestamp === undefined ? 0 : null;
}

/** `status.conditions[?(@.type=="Ready")].reason`: as kubectl takes it. */
export function conditionPath(type: string, field: string): string {
  return `status.conditions[?(@.type=="${type}")].${field}`;
}

/**
 * The object with its problems; nothing where it has none, unless the last look saw one: then it is seen once more, so
 * that the memory of later looks does not reach over its recovery. What the last look saw by a rule that is blind now
 * is neither gone nor there: the object is hidden, too.
 */
export function seeLasting(
  scene: Scene,
  context: Pick<ReadContext, 'earlier'>,
  object: Named & { readonly metadata: { readonly uid?: string | undefined } },
  problems: readonly LastingProblem[],
  blind: readonly Blind[] = [],
): readonly Observation[] {
  const facts = lastingAsFacts(object, problems);
  const seen = scene.see(object, facts);
  const before = lastingSample.safeParse(context.earlier(seen.resource)[0]?.values);
  const held = before.success ? before.data.holding : [];
  const [first, ...others] = blind.filter(({ rules }) => held.some((key) => rules.includes(ruleOf(key))));
  if (first === undefined) return problems.length > 0 || held.length > 0 ? [seen] : [];
  const lost = [first, ...others].flatMap(({ rules }) => rules);
  const kept = held.filter((key) => lost.includes(ruleOf(key)));
  const { resource, name } = seen;
  return [
    { ...seen, facts: { ...facts, kept } },
    { status: 'unknown', resource, name, failure: first.failure },
  ];
}

/** Why a list that a rule needs is not whole there; null: it is. */
export async function blindness(
  scene: Scene,
  kind: KindName,
  namespace: string | undefined,
  rules: readonly string[],
): Promise<Blind | null> {
  if (scene.knows(kind, namespace)) return null;
  const { hidden } = await scene.cluster.list(kind, scene.signal);
  const part = hidden.find((each) => each.namespace === null || each.namespace === namespace) ?? hidden[0];
  return part === undefined ? null : { rules, failure: part.failure };
}

/** How an observation holds lasting problems. */
export function lastingAsFacts(
  { kind, metadata }: Named & { readonly metadata: { readonly uid?: string | undefined } },
  problems: readonly LastingProblem[],
): JsonObject {
  return {
    object: { kind, namespace: metadata.namespace ?? null, name: metadata.name, uid: metadata.uid ?? null },
    problems: problems.map(({ rule, about, fields, since, apart, mark, moved, worse }) => ({
      rule,
      ...(about === undefined ? {} : { about }),
      fields: fields.map(({ path, value }) => ({ path, value })),
      since,
      ...(apart === undefined ? {} : { apart }),
      ...(mark === undefined ? {} : { mark }),
      ...(moved === undefined ? {} : { moved }),
      ...(worse === undefined ? {} : { worse }),
    })),
  };
}

/** What a check of lasting problems remembers; null of what is no object. */
export function sampleLasting(seen: Seen): z.output<typeof lastingSample> | null {
  const facts = lastingFacts.safeParse(seen.facts);
  if (!facts.success) return null;
  const { object, problems, kept = [] } = facts.data;
  return { uid: object.uid, holding: [...problems.map(keyOf), ...kept].toSorted() };
}

/** One finding for each rule (and what it is apart by) whose condition has lasted. */
export function judgeLasting(
  seen: Seen,
  rules: readonly LastingRule[],
  history: Pick<History, 'samples' | 'now'>,
): readonly FindingDraft[] {
  const parsed = lastingFacts.safeParse(seen.facts);
  if (!parsed.success) return [];
  const { object, problems } = parsed.data;
  return rules.flatMap((rule) => {
    const mine = problems.filter((problem) => problem.rule === rule.id);
    const lasted = mine
      .map((problem) => ({ problem, lasting: lastingOf(problem, rule, object.uid, history) }))
      .filter(({ problem, lasting }) => isDue(problem, lasting, rule, history.now));
    return [...Map.groupBy(lasted, ({ problem }) => problem.apart).values()].map((group) =>
      draftOf(seen, object, rule, group, history.now),
    );
  });
}

interface Lasting {
  readonly since: number | null;
  /** The earliest look of those in a row that saw it. */
  readonly seenSince: number | null;
}

function lastingOf(
  problem: Parsed,
  rule: LastingRule,
  uid: string | null,
  { samples }: Pick<History, 'samples'>,
): Lasting {
  if (problem.since !== null && rule.looks !== true) return { since: problem.since, seenSince: null };
  let seenSince: number | null = null;
  for (const { at, values } of samples) {
    const sample = lastingSample.safeParse(values);
    if (!sample.success || sample.data.uid !== uid || !sample.data.holding.includes(keyOf(problem))) break;
    seenSince = at;
  }
  return { since: problem.since, seenSince };
}

function isDue(problem: Parsed, { since, seenSince }: Lasting, rule: LastingRule, now: number): boolean {
  if (problem.moved !== undefined && rule.stillMs !== undefined && now - problem.moved < rule.stillMs) return false;
  if (rule.afterMs === 0) return true;
  const earliest = Math.min(since ?? Number.POSITIVE_INFINITY, seenSince ?? Number.POSITIVE_INFINITY);
  return now - earliest >= rule.afterMs;
}

function keyOf({ rule, apart, mark }: Pick<Parsed, 'rule' | 'apart' | 'mark'>): string {
  return [rule, apart ?? '', mark ?? ''].join(' ').trimEnd();
}

function ruleOf(key: string): string {
  return key.split(' ', 1)[0] ?? key;
}

/** More is said in numbers. */
const SHOWN = 3;

function draftOf(
  seen: Seen,
  object: z.output<typeof lastingFacts>['object'],
  rule: LastingRule,
  group: readonly { readonly problem: Parsed; readonly lasting: Lasting }[],
  now: number,
): FindingDraft {
  const problems = group.map(({ problem }) => problem);
  const abouts = [...new Set(problems.flatMap(({ about }) => (about === undefined ? [] : [about])))];
  const shown = abouts.slice(0, SHOWN).map(printable).join(', ');
  const about = abouts.length > SHOWN ? `${shown} and ${abouts.length - SHOWN} more` : shown;
  const apart = problems[0]?.apart;
  const since = earliestOf(group);
  return {
    discriminator: apart === undefined ? rule.id : `${rule.id}:${printable(apart)}`,
    severity: problems.some(({ worse }) => worse === true) ? (rule.worse ?? rule.severity) : rule.severity,
    title: `${seen.name} ${rule.title.replace('{about}', () => about)}${since.at === null ? '' : `, for ${formatDuration(Math.max(0, now - since.at))}`}`,
    why: rule.why,
    next: rule.next.replaceAll('{object}', () => objectWords(object)),
    evidence: [
      ...problems.flatMap(({ fields }) =>
        fields.map(({ path, value }) => ({
          label: printable(path),
          value: typeof value === 'string' ? printable(value) : value,
          source: printable(seen.name),
        })),
      ),
      ...(since.bySamples && since.at !== null
        ? [{ label: 'first seen so', value: new Date(since.at).toISOString(), source: 'earlier looks' }]
        : []),
    ],
  };
}

/** Since when the whole group holds, as far as anything says; `at` is null where nothing does. */
function earliestOf(group: readonly { readonly lasting: Lasting }[]): {
  readonly at: number | null;
  readonly bySamples: boolean;
} {
  let at: number | null = null;
  let bySamples = false;
  for (const { lasting } of group) {
    for (const [time, isSample] of [
      [lasting.since, false],
      [lasting.seenSince, true],
    ] as const) {
      if (time === null || time === 0 || (at !== null && time >= at)) continue;
      at = time;
      bySamples = isSample;
    }
  }
  return { at, bySamples };
}

/** `deployment/web -n prod`, to be put after `kubectl describe`. */
function objectWords({ kind, namespace, name }: z.output<typeof lastingFacts>['object']): string {
  const object = shellQuote(printable(`${kind.toLowerCase()}/${name}`));
  return namespace === null ? object : `${object} -n ${shellQuote(printable(namespace))}`;
}
