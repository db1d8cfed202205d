import type { Evidence, FindingDraft, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { ageOf, instantOf } from '../../providers/kubernetes/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { counted } from './counted.ts';
import { kubectlLine } from './kubectl-line.ts';
import type { ReadinessFacts, Terminating, Unready } from './readiness-facts.ts';
import { BACK_OFF, CONFIG, IMAGE } from './waiting-reasons.ts';
import { warningEvidence } from './warnings.ts';

const MINUTE = 60_000;
/** kubernetes-mixin: KubePodNotReady. */
const NOT_READY = 15 * MINUTE;
/** How long a pod may be overdue: its time for a goodbye is in the deletionTimestamp already. */
const OVERDUE = 10 * MINUTE;
/** More pods say the same. */
const PODS_SHOWN = 3;

/** Of one owner: its pods that are not ready, and those that do not go away. */
export function judgeReadiness(seen: Seen, facts: ReadinessFacts, now: number): readonly FindingDraft[] {
  const unready = facts.unready.filter((row) => isUnreadyForLong(row, now));
  const overdue = facts.terminating.filter((row) => ageOf(row.deletionTimestamp, now) >= OVERDUE);
  return [
    ...(unready.length === 0 ? [] : [notReady(seen, facts, unready, now)]),
    ...(overdue.length === 0 ? [] : [terminating(seen, facts, overdue, now)]),
  ];
}

function isUnreadyForLong(row: Unready, now: number): boolean {
  if (row.containers.length > 0 && row.containers.every(isToldElsewhere)) return false;
  // Without a Ready condition it takes the kubelet's own word, that a probe fails, to say that it should be ready.
  if (row.phase === 'Running' && row.ready === null && row.probe === null) return false;
  return now - sinceOf(row, now) >= NOT_READY;
}

/** Of what has ended in good order, nothing is expected; the rest is in the words of other checks. */
function isToldElsewhere({ state, reason }: Unready['containers'][number]): boolean {
  if (state === 'ended') return true;
  return state === 'waits' && reason !== null && (reason === BACK_OFF || IMAGE.has(reason) || CONFIG.has(reason));
}

/**
 * Since when, milliseconds: what was started again a moment ago is not unready for longer than that, whatever the
 * condition says, which does not move while a container crashes before it is ever ready.
 */
function sinceOf(row: Unready, now: number): number {
  const told = row.ready === null ? row.started : row.ready.since;
  const startedAgain = row.containers.flatMap(({ startedAt }) => instantOf(startedAt ?? undefined) ?? []);
  const since = instantOf(told ?? undefined) ?? Number.NEGATIVE_INFINITY;
  return Math.min(now, Math.max(since, ...startedAgain));
}

function notReady(seen: Seen, facts: ReadinessFacts, rows: readonly Unready[], now: number): FindingDraft {
  const containers = [...new Set(rows.flatMap((row) => row.containers.map(({ name }) => name)))].toSorted();
  const since = Math.min(...rows.map((row) => sinceOf(row, now)));
  const about = containers.length === 0 ? '' : `: container ${containers.slice(0, 3).map(printable).join(', ')}`;
  const [first] = rows;
  return {
    discriminator: 'not-ready',
    severity: 'medium',
    title: `${seen.name} has ${rows.length} of ${Math.max(rows.length, facts.live)} pods that are not ready${about}${Number.isFinite(since) ? `, for ${formatDuration(now - since)}` : ''}`,
    why: 'A pod that is not ready gets no traffic from its Services, and a rollout waits for it.',
    next: `What its probes and conditions say: ${kubectlLine(facts.context, facts.namespace, 'describe', 'pod', first?.pod ?? '')}`,
    evidence: [
      ...rows.slice(0, PODS_SHOWN).flatMap((row) => unreadyEvidence(facts, row)),
      ...moreOf(rows.length),
      ...warningEvidence(seen.name, facts.warnings),
    ],
  };
}

function unreadyEvidence({ namespace }: ReadinessFacts, row: Unready): readonly Evidence[] {
  const condition = 'status.conditions[?(@.type=="Ready")]';
  return evidenceFrom(
    `Pod ${namespace}/${row.pod}`,
    ['status.phase', row.phase],
    [`${condition}.status`, row.ready?.status ?? null],
    [`${condition}.reason`, row.ready?.reason ?? null],
    [`${condition}.message`, row.ready?.message ?? null],
    [`${condition}.lastTransitionTime`, row.ready?.since ?? null],
    ...row.containers.map(({ path }) => [path, false] as const),
    ['what the probe says', row.probe?.message ?? null],
  );
}

function terminating(seen: Seen, facts: ReadinessFacts, rows: readonly Terminating[], now: number): FindingDraft {
  const longest = Math.max(...rows.map((row) => ageOf(row.deletionTimestamp, now)));
  const finalizers = [...new Set(rows.flatMap((row) => row.finalizers))].toSorted();
  const what =
    finalizers.length === 0
      ? 'its node does not say that it ended'
      : `finalizers ${finalizers.slice(0, 3).map(printable).join(', ')}`;
  const [first] = rows;
  return {
    discriminator: 'terminating-stuck',
    severity: 'medium',
    title: `${seen.name} has ${counted(rows.length, 'pod')} on the way out for too long: ${what}${Number.isFinite(longest) ? `, ${formatDuration(longest)} overdue` : ''}`,
    why:
      finalizers.length === 0
        ? 'It was told to end and to be gone by now. Until its node says that it ended, a StatefulSet makes no new one, and its volumes stay where they are.'
        : 'Whoever set the finalizer has not removed it: until then the pod stays, and so does what waits for it to go.',
    next: `Who set the finalizer, and what the node says: ${kubectlLine(facts.context, facts.namespace, 'get', 'pod', first?.pod ?? '', '-o', 'yaml')}`,
    evidence: [
      ...rows
        .slice(0, PODS_SHOWN)
        .flatMap((row) =>
          evidenceFrom(
            `Pod ${facts.namespace}/${row.pod}`,
            ['metadata.deletionTimestamp', row.deletionTimestamp],
            ['metadata.deletionGracePeriodSeconds', row.grace],
            ['metadata.finalizers', row.finalizers],
            ['spec.nodeName', row.node],
          ),
        ),
      ...moreOf(rows.length),
    ],
  };
}

function moreOf(rows: number): readonly Evidence[] {
  return evidenceFrom('pods', ['more pods like these', rows > PODS_SHOWN ? rows - PODS_SHOWN : null]);
}
