import type { Evidence, FindingDraft, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import { ageOf, instantOf } from '../../providers/kubernetes/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { kubectlLine } from './kubectl-line.ts';
import type { StartingFacts, StartingRow, Waiting } from './starting-facts.ts';
import { waitsFor } from './scheduler-words.ts';
import { BACK_OFF, CONFIG, IMAGE } from './waiting-reasons.ts';
import { warningEvidence } from './warnings.ts';

const MINUTE = 60_000;
/** Until then a scheduler or a volume may just be slow; kwatch waits as long. */
const SLOW = 5 * MINUTE;
/** A node that says nothing of a pod that it was given. */
const SILENT = 15 * MINUTE;
/** kubernetes-mixin: KubeContainerWaiting. */
const FOR_AN_HOUR = 60 * MINUTE;

/** What keeps a pod from being made; of others (a probe, a back-off) there may be some at any time. */
const STUCK_EVENTS: ReadonlySet<string> = new Set([
  'FailedCreatePodSandBox',
  'FailedCreatePodContainer',
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'NetworkNotReady',
]);

type What = 'image-pull' | 'container-config' | 'unschedulable' | 'scheduling-gated' | 'stuck-creating';

interface Judged {
  readonly what: What;
  readonly row: StartingRow;
  readonly waiting: Waiting | null;
  /** What it is, in the words of the API: `ImagePullBackOff`. */
  readonly cause: string;
  /** Since when, RFC 3339; null where nothing says. */
  readonly since: string | null;
}

/** One finding for each kind of trouble (and container, where one has it), whatever number of pods have it. */
export function judgeStarting(seen: Seen, facts: StartingFacts, now: number): readonly FindingDraft[] {
  const judged = facts.rows.flatMap((row) => judgeRow(row, now));
  const groups = Map.groupBy(judged, ({ what, waiting }) =>
    waiting === null || what === 'stuck-creating' ? what : `${what}:${printable(waiting.container)}`,
  );
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([discriminator, [first, ...more]]) =>
      first === undefined ? [] : [draftOf(seen, facts, discriminator, [first, ...more], now)],
    );
}

function judgeRow(row: StartingRow, now: number): readonly Judged[] {
  const known = row.waiting.flatMap((waiting): Judged[] => {
    const what = IMAGE.has(waiting.reason) ? 'image-pull' : CONFIG.has(waiting.reason) ? 'container-config' : null;
    return what === null ? [] : [{ what, row, waiting, cause: waiting.reason, since: null }];
  });
  if (known.length > 0) return known;
  return [waitsForNode(row, now) ?? stuck(row, now)].filter((found) => found !== null);
}

function waitsForNode(row: StartingRow, now: number): Judged | null {
  const { scheduling: told, created, node } = row;
  if (row.phase !== 'Pending') return null;
  if (told !== null) {
    const what = WHAT_SCHEDULING[told.reason];
    const since = told.since ?? created;
    return what === undefined || ageOf(since ?? undefined, now) < SLOW
      ? null
      : { what, row, waiting: null, cause: told.reason, since };
  }
  // Nobody has looked at it: there is no such scheduler, or it is away. A scheduler says at least so much.
  const isLeft = node === null && !row.told && row.started === null && isOlder(created, SLOW, now);
  return isLeft ? { what: 'unschedulable', row, waiting: null, cause: UNSEEN, since: created } : null;
}

const UNSEEN = 'no scheduler has looked at it';
const WHAT_SCHEDULING: Readonly<Record<string, What>> = {
  Unschedulable: 'unschedulable',
  SchedulerError: 'unschedulable',
  SchedulingGated: 'scheduling-gated',
};

function stuck(row: StartingRow, now: number): Judged | null {
  // Once it ran, the time of its start says nothing of a container that waits now.
  if (row.phase !== 'Pending') return null;
  const since = row.started ?? row.created;
  const [waiting = null] = row.waiting;
  const stuckAs = (cause: string): Judged => ({ what: 'stuck-creating', row, waiting, cause, since });
  // It waits between two tries, for which kubernetes/pods-crashlooping has the words; the others wait for it.
  if (row.waiting.some(({ reason }) => reason === BACK_OFF)) return null;
  if (waiting === null)
    return row.node !== null && !row.told && isOlder(since, SILENT, now)
      ? stuckAs('its node has not begun with it')
      : null;
  const { latest } = row;
  const isCreating = row.waiting.some(({ reason }) => reason === 'ContainerCreating');
  if (isCreating && latest !== null && STUCK_EVENTS.has(latest.reason) && ageOf(since ?? undefined, now) >= SLOW)
    return stuckAs(latest.reason);
  return isOlder(since, FOR_AN_HOUR, now) ? stuckAs(waiting.reason === '' ? 'waiting' : waiting.reason) : null;
}

/** Of a time that is known: that nothing is said is no reason to think that it takes long. */
function isOlder(since: string | null, ms: number, now: number): boolean {
  const instant = instantOf(since ?? undefined);
  return instant !== null && now - instant >= ms;
}

function draftOf(
  seen: Seen,
  facts: StartingFacts,
  discriminator: string,
  group: readonly [Judged, ...Judged[]],
  now: number,
): FindingDraft {
  const [first] = group;
  const pods = new Set(group.map(({ row }) => row.pod)).size;
  const words = WORDS[first.what];
  return {
    discriminator,
    severity: words.severity,
    title: `${seen.name} ${words.title}: ${aboutWords(first)}, ${pods} of ${Math.max(pods, facts.live)} pods${lastingWords(group, now)}`,
    why: words.why,
    next: nextOf(facts, first),
    evidence: [
      ...group.slice(0, PODS_SHOWN).flatMap((each) => evidenceOf(facts, each)),
      ...evidenceFrom('pods', [
        'more pods like these',
        group.length + facts.left > PODS_SHOWN ? group.length + facts.left - PODS_SHOWN : null,
      ]),
      ...warningEvidence(seen.name, facts.warnings),
    ],
  };
}

/** More pods say the same. */
const PODS_SHOWN = 3;

const WORDS: Readonly<Record<What, { readonly severity: Severity; readonly title: string; readonly why: string }>> = {
  'image-pull': {
    severity: 'high',
    title: "can't get an image",
    why: 'The container can not start without its image; the node tries again every five minutes.',
  },
  'container-config': {
    severity: 'high',
    title: "can't start a container",
    why: 'Something that the container is told to use is missing or wrong; it stays like that until somebody puts it right.',
  },
  unschedulable: {
    severity: 'high',
    title: 'has pods that no node takes',
    why: 'The pods wait, and what they are to do is not done; with what the cluster has now they would wait for ever.',
  },
  'scheduling-gated': {
    severity: 'info',
    title: 'has pods behind a scheduling gate',
    why: 'Whoever set the gate is to remove it; until then nobody looks for a node.',
  },
  'stuck-creating': {
    severity: 'medium',
    title: 'has pods that do not get on',
    why: 'The pods have a node, and their containers do not start: a volume, the network or the node itself is in the way.',
  },
};

function aboutWords({ what, waiting, row, cause }: Judged): string {
  const container = waiting === null ? '' : `${sortWord(waiting)} ${printable(waiting.container)}`;
  switch (what) {
    case 'image-pull':
      return `${container}, ${printable(cause)} of ${waiting?.image === null || waiting === null ? 'its image' : printable(waiting.image)}`;
    case 'container-config':
      return `${container}, ${printable(cause)}`;
    case 'unschedulable': {
      const reasons = waitsFor(row.scheduling?.message ?? '');
      return reasons.length === 0 ? printable(cause) : reasons.join(', ');
    }
    case 'scheduling-gated':
      return row.gates.length === 0 ? printable(cause) : row.gates.toSorted().map(printable).join(', ');
    case 'stuck-creating':
      return row.preparing.length > 0 && !STUCK_EVENTS.has(cause)
        ? `init container ${row.preparing.map(printable).join(', ')} goes on and on`
        : printable(cause);
    default:
      return what satisfies never;
  }
}

function sortWord({ sort }: Waiting): string {
  const words = { main: 'container', init: 'init container', sidecar: 'sidecar', ephemeral: 'debugging container' };
  return words[sort];
}

function lastingWords(group: readonly Judged[], now: number): string {
  const starts = group.flatMap(({ since }) => instantOf(since ?? undefined) ?? []);
  return starts.length === 0 ? '' : `, for ${formatDuration(Math.max(0, now - Math.min(...starts)))}`;
}

function nextOf({ context, namespace }: StartingFacts, { what, row, waiting, cause }: Judged): string {
  const describe = `What its events say: ${kubectlLine(context, namespace, 'describe', 'pod', row.pod)}`;
  if (what === 'unschedulable' && /PersistentVolumeClaim/i.test(row.scheduling?.message ?? ''))
    return `${describe}. Its claims: ${kubectlLine(context, namespace, 'get', 'pvc')}`;
  if (what === 'unschedulable')
    return `${describe}. What the nodes have left: ${kubectlLine(context, undefined, 'describe', 'nodes')}`;
  if (what === 'stuck-creating' && row.preparing[0] !== undefined && !STUCK_EVENTS.has(cause))
    return `What it is doing: ${kubectlLine(context, namespace, 'logs', row.pod, '-c', row.preparing[0], '--tail=50')}`;
  return what === 'image-pull' && waiting !== null
    ? `${describe}. Is the image there, under this name, and may this namespace pull it?`
    : describe;
}

function evidenceOf({ namespace }: StartingFacts, { row, waiting, what }: Judged): readonly Evidence[] {
  const pod = `Pod ${namespace}/${row.pod}`;
  const scheduling = what === 'unschedulable' || what === 'scheduling-gated' ? row.scheduling : null;
  const condition = 'status.conditions[?(@.type=="PodScheduled")]';
  return [
    ...evidenceFrom(
      pod,
      ['status.phase', row.phase],
      [`${condition}.reason`, scheduling?.reason ?? null],
      [`${condition}.message`, scheduling === null || scheduling.message === '' ? null : scheduling.message],
      [`${condition}.lastTransitionTime`, scheduling?.since ?? null],
      ['spec.schedulingGates', what === 'scheduling-gated' ? row.gates : null],
      ['spec.nodeName', what === 'stuck-creating' ? row.node : null],
      ['status.startTime', what === 'stuck-creating' ? row.started : null],
    ),
    ...(waiting === null
      ? []
      : evidenceFrom(
          pod,
          [`${waiting.path}.state.waiting.reason`, waiting.reason],
          [`${waiting.path}.state.waiting.message`, waiting.message],
          ['image', what === 'image-pull' ? waiting.image : null],
        )),
  ];
}
