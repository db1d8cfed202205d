import type * as z from 'zod';
import type { FindingDraft, History, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import { kubectlLine } from './kubectl-line.ts';
import { keyOf, lastingFacts, lastingSample, type LastingFact } from './lasting.ts';
import type { Rule } from './problems.ts';

/** A rule of which the condition must have lasted. */
export interface LastingRule extends Rule {
  /** How long the condition must have held, milliseconds. */
  readonly afterMs: number;
  /** True: the times stand in parts that come and go (pods), so that earlier looks count beside them. */
  readonly looks?: true;
  /** True: the time is that of the object, so that it only gives it time to settle, and is not told. */
  readonly timeUntold?: true;
  /** How long nothing may have moved before it is reported. */
  readonly stillMs?: number;
  /** The severity of the worse kind. */
  readonly worse?: Severity;
}

/** One finding for each rule (and what it is apart by) whose condition has lasted. */
export function judgeLasting(
  seen: Seen,
  rules: readonly LastingRule[],
  history: Pick<History, 'samples' | 'now' | 'open'>,
): readonly FindingDraft[] {
  const parsed = lastingFacts.safeParse(seen.facts);
  if (!parsed.success) return [];
  const { object, problems } = parsed.data;
  return rules.flatMap((rule) => {
    const mine = problems.filter((problem) => problem.rule === rule.id);
    const lasted = mine
      .map((problem) => ({ problem, lasting: lastingOf(problem, rule, object.uid, history) }))
      .filter(({ problem, lasting }) => isDue(problem, lasting, rule, history));
    return [...Map.groupBy(lasted, ({ problem }) => problem.apart).values()].map((group) =>
      draftOf(seen, object, rule, group, history),
    );
  });
}

interface Lasting {
  readonly since: number | null;
  /** The earliest look of those in a row that saw it. */
  readonly seenSince: number | null;
}

function lastingOf(
  problem: LastingFact,
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

/** What was told and still holds goes on, even when since when can't be read any more. */
function isDue(
  problem: LastingFact,
  { since, seenSince }: Lasting,
  rule: LastingRule,
  { now, open }: Pick<History, 'now' | 'open'>,
): boolean {
  if (problem.moved !== undefined && rule.stillMs !== undefined && now - problem.moved < rule.stillMs) return false;
  if (rule.afterMs === 0 || open.has(discriminatorOf(rule, problem.apart))) return true;
  const earliest = Math.min(since ?? Number.POSITIVE_INFINITY, seenSince ?? Number.POSITIVE_INFINITY);
  return now - earliest >= rule.afterMs;
}

/** More is said in numbers. */
const SHOWN = 3;

function discriminatorOf({ id }: LastingRule, apart: string | undefined): string {
  return apart === undefined ? id : `${id}:${printable(apart)}`;
}

/** What makes it worse and could not be read has not changed. */
function severityOf(problems: readonly LastingFact[], rule: LastingRule, open: Severity | undefined): Severity {
  if (problems.some(({ worse }) => worse === true)) return rule.worse ?? rule.severity;
  return problems.some(({ worse }) => worse === null) ? (open ?? rule.severity) : rule.severity;
}

function draftOf(
  seen: Seen,
  object: z.output<typeof lastingFacts>['object'],
  rule: LastingRule,
  group: readonly { readonly problem: LastingFact; readonly lasting: Lasting }[],
  { now, open }: Pick<History, 'now' | 'open'>,
): FindingDraft {
  const problems = group.map(({ problem }) => problem);
  const abouts = [...new Set(problems.flatMap(({ about }) => (about === undefined ? [] : [about])))];
  const shown = abouts.slice(0, SHOWN).map(printable).join(', ');
  const about = abouts.length > SHOWN ? `${shown} and ${abouts.length - SHOWN} more` : shown;
  const apart = problems[0]?.apart;
  const since = rule.timeUntold === true ? { at: null, bySamples: false } : earliestOf(group);
  const discriminator = discriminatorOf(rule, apart);
  return {
    discriminator,
    severity: severityOf(problems, rule, open.get(discriminator)),
    title: `${seen.name} ${rule.title.replace('{about}', () => about)}${since.at === null ? '' : `, for ${formatDuration(Math.max(0, now - since.at))}`}`,
    why: rule.why,
    next: commandsOf(rule.next, object),
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

/** A rule's commands, which only read: `{kubectl}`, and `{describe}` and `{yaml}` of the object. */
function commandsOf(next: string, { context, kind, namespace, name }: z.output<typeof lastingFacts>['object']): string {
  const line = (...words: readonly string[]): string => kubectlLine(context, namespace ?? undefined, ...words);
  const object = [kind.toLowerCase(), printable(name)];
  return next
    .replaceAll('{kubectl}', () => kubectlLine(context, undefined))
    .replaceAll('{describe}', () => line('describe', ...object))
    .replaceAll('{yaml}', () => line('get', ...object, '-o', 'yaml'));
}
