import * as z from 'zod';
import type { FindingDraft, History, Seen } from '../../domain/check.ts';
import { formatBytes } from '../../domain/bytes.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { JsonObject } from '../../domain/json.ts';
import { formatPercent } from '../../domain/percent.ts';
import type { Severity } from '../../domain/severity.ts';
import { evidenceFrom } from '../evidence.ts';
import { kubectlLine } from './kubectl-line.ts';
import { sampleLasting } from './lasting.ts';
import type { ClaimUse } from './volume-use.ts';

const useFacts = z.object({
  object: z.object({ context: z.string(), namespace: z.string(), name: z.string(), uid: z.string().nullable() }),
  use: z.object({
    capacityBytes: z.number(),
    availableBytes: z.number(),
    percent: z.number(),
    inodesPercent: z.number().nullable(),
    node: z.string(),
  }),
});
type UseFacts = z.output<typeof useFacts>;

const useSample = z.object({ uid: z.string().nullable(), percent: z.number() });

/** What is added to the facts of a claim whose volume was measured. */
export function useAsFacts({ capacityBytes, availableBytes, percent, inodesPercent, node }: ClaimUse): JsonObject {
  return { use: { capacityBytes, availableBytes, percent, inodesPercent, node } };
}

/** What is remembered of a claim: what lasts, and how full it was. */
export function sampleClaim(seen: Seen): JsonObject | null {
  const lasting = sampleLasting(seen);
  const facts = useFacts.safeParse(seen.facts);
  if (lasting === null) return null;
  return facts.success ? { ...lasting, percent: facts.data.use.percent } : lasting;
}

/** As good as full: kubernetes-mixin's figure. */
const CRITICAL_PERCENT = 97;
/** How much below the limit it must come before a finding that is open is over. */
const SLACK = 5;
/** A volume that will be full within this is worth a day's work. */
const SOON_MS = 4 * 86_400_000;

export function judgeFullness(seen: Seen, limit: number | undefined, history: History): readonly FindingDraft[] {
  const facts = useFacts.safeParse(seen.facts);
  if (limit === undefined || !facts.success) return [];
  const { percent, inodesPercent } = facts.data.use;
  const isOver = (discriminator: string, value: number): boolean =>
    value >= (history.open.has(discriminator) ? limit - SLACK : limit);
  return [
    ...(isOver('full', percent) ? [full(seen, facts.data, history)] : []),
    ...(inodesPercent !== null && isOver('inodes', inodesPercent) ? [inodes(seen, facts.data, inodesPercent)] : []),
  ];
}

function full(seen: Seen, facts: UseFacts, history: History): FindingDraft {
  const { percent, availableBytes, capacityBytes } = facts.use;
  const left = timeLeft(facts, history);
  const isSoon = left !== null && left <= SOON_MS;
  const severity: Severity = percent >= CRITICAL_PERCENT ? 'critical' : isSoon ? 'high' : 'medium';
  const forecast = isSoon ? `, none in ${formatDuration(left)} at this rate` : '';
  return {
    discriminator: 'full',
    severity,
    title: `${seen.name} is ${formatPercent(percent)} full: ${formatBytes(availableBytes)} of ${formatBytes(capacityBytes)} left${forecast}`,
    why: 'What writes to a volume that is full fails, and databases as a rule do not start again.',
    next: `See whether its class can grow it (allowVolumeExpansion), and what fills it: ${describe(facts)}`,
    evidence: evidenceFrom(
      `GET /api/v1/nodes/${facts.use.node}/proxy/stats/summary`,
      ['availableBytes', availableBytes],
      ['capacityBytes', capacityBytes],
    ),
  };
}

function inodes(seen: Seen, facts: UseFacts, percent: number): FindingDraft {
  return {
    discriminator: 'inodes',
    severity: percent >= CRITICAL_PERCENT ? 'critical' : 'medium',
    title: `${seen.name} has used ${formatPercent(percent)} of its inodes`,
    why: 'Without inodes no file can be made, however much room is left.',
    next: `See what makes so many files: ${describe(facts)}`,
    evidence: evidenceFrom(`GET /api/v1/nodes/${facts.use.node}/proxy/stats/summary`, [
      'inodes used, percent',
      percent,
    ]),
  };
}

function describe({ object: { context, namespace, name } }: UseFacts): string {
  return kubectlLine(context, namespace, 'describe', 'persistentvolumeclaim', name);
}

const DAY_MS = 86_400_000;
/** A rate needs to have been watched for a while. */
const WATCHED_MS_MIN = 3_600_000;
/** Nor is it drawn further ahead than so many times as long as it was watched. */
const AHEAD = 12;

/** Until nothing is left, at the rate since the earliest look of the last day; null: it does not grow, or who knows. */
function timeLeft({ object, use }: UseFacts, { samples, now }: History): number | null {
  const earlier = samples.flatMap(({ at, values }) => {
    const sample = useSample.safeParse(values);
    return sample.success && sample.data.uid === object.uid && now - at <= DAY_MS ? [{ at, ...sample.data }] : [];
  });
  const first = earlier.at(-1);
  if (first === undefined || now - first.at < WATCHED_MS_MIN || use.percent <= first.percent) return null;
  const left = ((100 - use.percent) / (use.percent - first.percent)) * (now - first.at);
  return left <= AHEAD * (now - first.at) ? left : null;
}
