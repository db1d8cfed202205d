import type { Evidence, FindingDraft, History, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { ageOf, instantOf } from '../../providers/kubernetes/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { isOutOfMemory, type CrashFacts, type CrashRow, type End } from './crash-facts.ts';
import { lastWordsEvidence } from './crash-logs.ts';
import { kubectlLine } from './kubectl-line.ts';
import { restartsInDay, restartsSinceLook, type Restarts } from './restart-counts.ts';
import { BACK_OFF } from './waiting-reasons.ts';
import { warningEvidence } from './warnings.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** So many new starts between two looks are a loop, whatever the container does at this instant. */
const LOOP_STARTS = 3;
/** One that ended so short a time ago is at it now. */
const JUST_ENDED = 10 * MINUTE;
/** Of these all pods may be affected, so that nothing of the workload is left. */
const REPLICATED: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
]);

export interface CrashLimits {
  /** More starts than this in 24 hours are reported. */
  readonly restarts: number;
}

/** What a row says, once: a loop covers all else. */
type What = 'crash-loop' | 'oom-killed' | 'restarts' | 'failed-exit';

interface Judged {
  readonly row: CrashRow;
  readonly what: What;
  readonly inDay: Restarts | null;
}

/** One finding for each container and kind of trouble, whatever number of pods have it. */
export function judgeCrashes(
  seen: Seen,
  facts: CrashFacts,
  limits: CrashLimits,
  history: Pick<History, 'samples' | 'now'>,
): readonly FindingDraft[] {
  const judged = facts.rows.flatMap((row): Judged[] => {
    const what = whatOf(row, facts, limits, history);
    return what === null ? [] : [{ row, what, inDay: restartsInDay(row, facts, history.samples, history.now) }];
  });
  const groups = Map.groupBy(judged, ({ row, what }) => `${what}:${printable(row.container)}`);
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([discriminator, group]) => {
      const [first] = group;
      return first === undefined ? [] : [draftOf(seen, facts, discriminator, [first, ...group.slice(1)], history.now)];
    });
}

function whatOf(
  row: CrashRow,
  facts: CrashFacts,
  limits: CrashLimits,
  { samples, now }: Pick<History, 'samples' | 'now'>,
): What | null {
  // A debugging shell ends as its user left it.
  if (row.sort === 'ephemeral') return null;
  if (isLoop(row, restartsSinceLook(row, facts, samples, now), now)) return 'crash-loop';
  if (row.job === 'succeeded') return null;
  if ([row.ended, row.last].some((end) => isOutOfMemory(end) && isOfDay(end, now))) return 'oom-killed';
  if ((restartsInDay(row, facts, samples, now)?.times ?? 0) > limits.restarts) return 'restarts';
  return isFailedExit(row, now) ? 'failed-exit' : null;
}

/** An end without a time may be of this moment. */
function isOfDay(end: End | null, now: number): boolean {
  const finished = instantOf(end?.finishedAt ?? undefined);
  return finished === null || now - finished < DAY;
}

/** A container that crashes again and again runs for a while in between, so its state alone says little. */
function isLoop(row: CrashRow, since: Restarts | null, now: number): boolean {
  if (row.waiting === BACK_OFF) return true;
  if (since === null || row.phase === 'Failed') return false;
  // Of a young pod that no look knew, how it began is no matter once it runs well.
  if (since.byAge && isSettled(row, now)) return false;
  const justEnded = instantOf(row.last?.finishedAt ?? undefined);
  return (
    since.times >= LOOP_STARTS ||
    // Once in a lifetime is no loop.
    (since.times >= 1 && row.restarts > 1 && justEnded !== null && now - justEnded < JUST_ENDED)
  );
}

/** After ten minutes without an end the kubelet itself forgets its back-off. */
function isSettled({ runs }: CrashRow, now: number): boolean {
  const instant = instantOf(runs ?? undefined);
  return instant !== null && now - instant >= JUST_ENDED;
}

/** What stops a container in good order: 143 is SIGTERM, heeded. */
const IN_ORDER: ReadonlySet<number> = new Set([0, 143]);

function isFailedExit({ ended, sort, job, restartPolicy, phase }: CrashRow, now: number): boolean {
  const code = ended?.exitCode ?? 0;
  if (ended === null || IN_ORDER.has(code) || ended.reason === 'Completed') return false;
  // While a Job has tries left, its failed pods are the way it works.
  if (job === 'tries') return false;
  // A sidecar is killed once the containers that it serves have ended.
  if (sort === 'sidecar' && phase === 'Failed') return false;
  const isStartedAgain = restartPolicy === 'Always' || restartPolicy === 'OnFailure' || sort === 'sidecar';
  return phase === 'Failed' || !isStartedAgain || ageOf(ended.finishedAt ?? undefined, now) > JUST_ENDED;
}

function draftOf(
  seen: Seen,
  facts: CrashFacts,
  discriminator: string,
  group: readonly [Judged, ...Judged[]],
  now: number,
): FindingDraft {
  const [{ row, what }] = group;
  const pods = new Set(group.map(({ row: { pod } }) => pod)).size;
  const end = row.ended ?? row.last;
  const words = WORDS[what];
  const down = new Set(group.filter((each) => !isSettled(each.row, now)).map((each) => each.row.pod)).size;
  const isAll = what === 'crash-loop' && REPLICATED.has(facts.kind) && down > 0 && down >= facts.live;
  return {
    discriminator,
    severity: isAll ? 'critical' : words.severity,
    title: `${seen.name} ${words.title}: ${sortWord(row)} ${printable(row.container)} in ${pods} of ${Math.max(pods, facts.live)} pods${endWords(what, end, row)}${startsWords(group, now)}`,
    why: isAll ? `${words.why} No pod is left that works.` : words.why,
    next: nextOf(facts, row, what),
    evidence: [
      ...group.slice(0, PODS_SHOWN).flatMap(({ row: each }) => evidenceOf(facts, each)),
      ...moreOf(group.length),
      ...lastWordsEvidence(
        facts.namespace,
        facts.logs.filter(({ container }) => container === row.container),
      ),
      ...warningEvidence(seen.name, facts.warnings),
    ],
    ...(what === 'crash-loop' ? { evidenceClass: isOutOfMemory(end) ? 'out-of-memory' : 'exit' } : {}),
  };
}

const WORDS: Readonly<
  Record<What, { readonly severity: 'high' | 'medium'; readonly title: string; readonly why: string }>
> = {
  'crash-loop': {
    severity: 'high',
    title: 'crash-loops',
    why: 'The container ends soon after every start; the waits between two starts grow to five minutes, in which it does nothing.',
  },
  'oom-killed': {
    severity: 'high',
    title: 'was killed for want of memory',
    why: 'It used more memory than its limit, or than the node had. What it was doing is lost, and it will happen again with the same load.',
  },
  restarts: {
    severity: 'medium',
    title: 'is started again too often',
    why: 'Something ends the container again and again: each time what it was doing is lost, and it is away for a while.',
  },
  'failed-exit': {
    severity: 'medium',
    title: 'failed',
    why: 'The container ended with an error and is not started again: what it was to do is not done.',
  },
};

function sortWord({ sort }: CrashRow): string {
  return sort === 'init' ? 'init container' : sort === 'sidecar' ? 'sidecar' : 'container';
}

function endWords(what: What, end: End | null, { memoryLimit }: CrashRow): string {
  if (end === null) return '';
  if (!isOutOfMemory(end)) return end.exitCode === null ? '' : `, exit code ${end.exitCode}`;
  const killed = what === 'oom-killed' ? '' : ', killed for want of memory';
  return `${killed}, ${memoryLimit === null ? 'it has no limit of its own' : `its limit is ${printable(memoryLimit)}`}`;
}

/** Of a rate, or of a lifetime where no rate is known. */
function startsWords(group: readonly Judged[], now: number): string {
  const known = group.flatMap(({ inDay }) => (inDay === null ? [] : [inDay]));
  const times = known.reduce((sum, { times: each }) => sum + each, 0);
  if (known.length === group.length && times > 0) {
    const since = Math.min(...known.map((each) => each.since));
    return `, started again ${countOf(times)} in ${formatDuration(Math.max(MINUTE, now - since))}`;
  }
  const ever = group.reduce((sum, { row }) => sum + row.restarts, 0);
  return ever === 0 || known.length === group.length ? '' : `, started again ${countOf(ever)} so far`;
}

function countOf(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}

function nextOf({ context, namespace }: CrashFacts, row: CrashRow, what: What): string {
  const place = [context, namespace] as const;
  const lastWords = kubectlLine(
    ...place,
    'logs',
    row.pod,
    '-c',
    row.container,
    ...(row.ended === null ? ['--previous'] : []),
    '--tail=50',
  );
  return what === 'oom-killed'
    ? `Compare its limit with what it uses: ${kubectlLine(...place, 'top', 'pod', row.pod, '--containers')}. What it said last: ${lastWords}`
    : `What it said last: ${lastWords}. How it is meant to run: ${kubectlLine(...place, 'describe', 'pod', row.pod)}`;
}

/** More pods say the same. */
const PODS_SHOWN = 3;

function moreOf(rows: number): readonly Evidence[] {
  return rows <= PODS_SHOWN ? [] : evidenceFrom('pods', ['more pods like these', rows - PODS_SHOWN]);
}

function evidenceOf({ namespace }: CrashFacts, row: CrashRow): readonly Evidence[] {
  const pod = `Pod ${namespace}/${row.pod}`;
  const ends = [
    ['state.terminated', row.ended],
    ['lastState.terminated', row.last],
  ] as const;
  return [
    ...evidenceFrom(pod, [`${row.path}.restartCount`, row.restarts], [`${row.path}.state.waiting.reason`, row.waiting]),
    ...ends.flatMap(([field, end]) =>
      end === null
        ? []
        : evidenceFrom(
            pod,
            [`${row.path}.${field}.exitCode`, end.exitCode],
            [`${row.path}.${field}.signal`, end.signal],
            [`${row.path}.${field}.reason`, end.reason],
            [`${row.path}.${field}.finishedAt`, end.finishedAt],
            [`${row.path}.${field}.message`, end.message],
          ),
    ),
    ...evidenceFrom(`${pod} container ${row.container}`, ['resources.limits.memory', row.memoryLimit]),
  ];
}
