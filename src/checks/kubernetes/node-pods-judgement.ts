import type { Evidence, FindingDraft, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { ageOf, instantOf } from '../../providers/kubernetes/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { counted } from './counted.ts';
import { kubectlLine } from './kubectl-line.ts';
import type { NodePods } from './node-pods-facts.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A node may be unheard of for a moment; after five minutes its pods are given up. */
const UNHEARD_OF = 5 * MINUTE;

/** Of one node: the pods that were put off it, and those that are out of reach with it. */
export function judgeNodePods(seen: Seen, facts: NodePods, now: number): readonly FindingDraft[] {
  const recent = facts.pushedOut.filter(({ since }) => isOfDay(since, now));
  const isLost =
    facts.strandedCount > 0 && (facts.lost === null || ageOf(facts.lost.since ?? undefined, now) >= UNHEARD_OF);
  return [
    ...(recent.length === 0 ? [] : [evicted(seen, facts, recent)]),
    ...(isLost ? [stranded(seen, facts, now)] : []),
  ];
}

/** What does not say when may have been a moment ago. */
function isOfDay(since: string | null, now: number): boolean {
  const instant = instantOf(since ?? undefined);
  return instant === null || now - instant < DAY;
}

function evicted(seen: Seen, facts: NodePods, rows: NodePods['pushedOut']): FindingDraft {
  const owners = new Set(rows.map(({ owner }) => owner));
  const reasons = [...new Set(rows.map(({ reason }) => reason))].toSorted().map(printable);
  const isCut = facts.pushedOutCount > facts.pushedOut.length;
  return {
    discriminator: 'evicted',
    severity: 'medium',
    title: `${seen.name} put off ${isCut ? `${rows.length} pods and more` : counted(rows.length, 'pod')} of ${counted(owners.size, 'workload')}: ${reasons.join(', ')}`,
    why: 'The node was short of something, or went down: what the pods were doing was broken off, and it may happen again.',
    next: `What the node is short of: ${kubectlLine(facts.context, undefined, 'describe', 'node', facts.node)}`,
    evidence: rows.slice(0, SHOWN).flatMap(evidenceOf),
  };
}

function stranded(seen: Seen, facts: NodePods, now: number): FindingDraft {
  const owners = new Set(facts.stranded.map(({ owner }) => owner));
  const since = instantOf(facts.lost?.since ?? undefined);
  return {
    discriminator: 'pods-out-of-reach',
    severity: 'medium',
    title: `${seen.name} is not heard of, with ${counted(facts.strandedCount, 'pod')} of ${facts.strandedCount > facts.stranded.length ? `${owners.size} workloads and more` : counted(owners.size, 'workload')} on it${since === null ? '' : `, for ${formatDuration(Math.max(0, now - since))}`}`,
    why: 'Nobody knows whether these pods still run. Those of a StatefulSet, and those with volumes, are not made anew elsewhere until the node is back or is said to be gone.',
    next: `What is known of the node: ${kubectlLine(facts.context, undefined, 'describe', 'node', facts.node)}`,
    evidence: [
      ...evidenceFrom(
        `Node ${facts.node}`,
        ['status.conditions[?(@.type=="Ready")].reason', facts.lost?.reason ?? null],
        ['status.conditions[?(@.type=="Ready")].lastTransitionTime', facts.lost?.since ?? null],
      ),
      ...evidenceFrom('pods', ['workloads', [...owners].toSorted().slice(0, SHOWN)]),
    ],
  };
}

/** More is said in numbers. */
const SHOWN = 5;

function evidenceOf({ pod, owner, reason, message, since }: NodePods['pushedOut'][number]): readonly Evidence[] {
  return evidenceFrom(
    `Pod ${pod}`,
    ['status.reason', reason],
    ['status.message', message],
    ['since', since],
    ['owner', owner],
  );
}
