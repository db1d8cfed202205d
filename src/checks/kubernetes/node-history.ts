import * as z from 'zod';
import type { FindingDraft, History, Seen } from '../../domain/check.ts';
import { formatPercent } from '../../domain/percent.ts';
import { evidenceFrom } from '../evidence.ts';
import { kubectlLine } from './kubectl-line.ts';
import { sampleLasting } from './lasting.ts';

/** What of a node is judged by earlier looks: when it became ready, and how much it was used. */
const nodeFacts = z.object({
  object: z.object({ context: z.string(), name: z.string(), uid: z.string().nullable() }),
  /** Since when it is ready, milliseconds since the epoch; null: it is not, or does not say. */
  readySince: z.number().nullable(),
  isReady: z.boolean(),
  createdAt: z.number(),
  /** Percent of what may be allocated; null: not measured. */
  used: z.object({ cpu: z.number().nullable(), memory: z.number().nullable() }),
});
type NodeFacts = z.output<typeof nodeFacts>;

const nodeSample = z.object({
  uid: z.string().nullable(),
  readySince: z.number().nullable(),
  used: z.object({ cpu: z.number().nullable(), memory: z.number().nullable() }),
});

export function sampleNode(seen: Seen): (z.output<typeof nodeSample> & { readonly holding: string[] }) | null {
  const facts = nodeFacts.safeParse(seen.facts);
  const lasting = sampleLasting(seen);
  if (!facts.success || lasting === null) return null;
  return { ...lasting, readySince: facts.data.readySince, used: facts.data.used };
}

const DAY_MS = 86_400_000;
/** A node that joins becomes ready for the first time, which is no recovery. */
const JOINING_MS = 600_000;

/** A node that keeps becoming ready anew: it was away each time, even when no look met it so. */
export function judgeFlapping(seen: Seen, times: number, { samples, now }: History): readonly FindingDraft[] {
  const facts = nodeFacts.safeParse(seen.facts);
  if (!facts.success) return [];
  const { object, readySince, isReady, createdAt } = facts.data;
  const earlier = samplesOf(samples, object.uid).map(({ values }) => values.readySince);
  const recoveries = new Set(
    [readySince, ...earlier].filter(
      (since): since is number => since !== null && since > now - DAY_MS && since - createdAt > JOINING_MS,
    ),
  );
  const count = recoveries.size + (isReady ? 0 : 1);
  if (recoveries.size === 0 || count < times) return [];
  const instants = [...recoveries].toSorted((one, other) => one - other).map((since) => new Date(since).toISOString());
  return [
    {
      discriminator: 'flapping',
      severity: 'medium',
      title: `${seen.name} was away ${count} times in the last day`,
      why: 'Its pods are taken for lost and for back again each time, and moved when it lasts.',
      next: `See its events and its kubelet's log: ${describe(object)}`,
      evidence: evidenceFrom(seen.name, ['became ready', instants], ['is ready now', isReady]),
    },
  ];
}

function describe({ context, name }: NodeFacts['object']): string {
  return kubectlLine(context, undefined, 'describe', 'node', name);
}

/** How much below the limit it must come before a finding that is open is over. */
const SLACK = 5;

/** Used more than the limit at this look and at the one before: a single sample says little. */
export function judgeUse(seen: Seen, limit: number, history: History): readonly FindingDraft[] {
  const facts = nodeFacts.safeParse(seen.facts);
  if (!facts.success) return [];
  const { object, used } = facts.data;
  const before = samplesOf(history.samples, object.uid)[0]?.values.used ?? null;
  return (['cpu', 'memory'] as const).flatMap((what) => {
    const now = used[what];
    const then = before?.[what] ?? null;
    const isOpen = history.open.has(what);
    const least = isOpen ? limit - SLACK : limit;
    if (now === null || now <= least || (!isOpen && (then === null || then <= limit))) return [];
    return [
      {
        discriminator: what,
        severity: 'medium' as const,
        title: `${seen.name} uses ${formatPercent(now)} of its ${what === 'cpu' ? 'processors' : 'memory'}`,
        why:
          what === 'cpu'
            ? 'Its pods wait for each other, and probes begin to fail.'
            : 'With none left, the kernel kills processes and the kubelet evicts pods.',
        next: `See what takes it: ${kubectlLine(object.context, undefined, 'top', 'pods', '-A', `--sort-by=${what}`)}, and ${describe(object)}`,
        evidence: evidenceFrom(seen.name, [`${what} used, percent of allocatable`, now], ['at the look before', then]),
      },
    ];
  });
}

function samplesOf(
  samples: History['samples'],
  uid: string | null,
): readonly { readonly values: z.output<typeof nodeSample> }[] {
  return samples.flatMap(({ values }) => {
    const sample = nodeSample.safeParse(values);
    return sample.success && sample.data.uid === uid ? [{ values: sample.data }] : [];
  });
}
