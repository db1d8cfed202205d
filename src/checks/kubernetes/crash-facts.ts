import * as z from 'zod';
import { printableStart } from '../../domain/printable.ts';
import type { Pod, TerminatedState } from '../../providers/kubernetes/reader.ts';
import { logFacts, type Speaker } from './crash-logs.ts';
import { isLive, isPushedOut, toldContainers, type PodGroup, type ToldContainer } from './pod-groups.ts';
import { jobEndsOf, type JobEnds } from './job-ends.ts';
import type { PastLooks } from './restart-counts.ts';
import type { Scene } from './scene.ts';
import { BACK_OFF } from './waiting-reasons.ts';
import { createWarnings, warningFacts, type Warnings } from './warnings.ts';

const endFacts = z.object({
  exitCode: z.number().nullable(),
  signal: z.number().nullable(),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type End = z.infer<typeof endFacts>;

/** A container of a pod that crashed, crashes, or was ever started again. */
const rowFacts = z.object({
  pod: z.string(),
  /** What its restarts are remembered by: the pod's uid and the container's name. */
  key: z.string(),
  container: z.string(),
  sort: z.enum(['main', 'init', 'sidecar', 'ephemeral']),
  /** `status.containerStatuses[0]` */
  path: z.string(),
  restarts: z.number(),
  waiting: z.string().nullable(),
  /** Since when it runs; null: it does not, or nothing says. */
  runs: z.string().nullable(),
  /** As it stands now; null: it has not ended. */
  ended: endFacts.nullable(),
  /** How it ended the time before. */
  last: endFacts.nullable(),
  created: z.string().nullable(),
  phase: z.string(),
  restartPolicy: z.string().nullable(),
  memoryLimit: z.string().nullable(),
  /** How the Job that made the pod goes on; null: no Job did. */
  job: z.enum(['tries', 'failed', 'succeeded']).nullable(),
});
export type CrashRow = z.infer<typeof rowFacts>;

export const crashFacts = z.object({
  about: z.literal('owner'),
  context: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** Pods that are meant to work now. */
  live: z.number(),
  rows: z.array(rowFacts),
  /** Rows that are not here, as there were too many. */
  left: z.number(),
  /** When the same pods were looked at before, whether there was anything to say of them or not. */
  looks: z.object({ last: z.number().nullable(), day: z.number().nullable() }),
  warnings: z.array(warningFacts),
  logs: z.array(logFacts),
});
export type CrashFacts = z.infer<typeof crashFacts>;

/** Of one owner: the latest are enough to tell what is wrong. */
const ROWS_MAX = 200;
const LONGEST_MESSAGE = 300;

export interface CrashScene {
  readonly scene: Scene;
  readonly jobs: JobEnds;
  readonly warnings: Warnings;
  readonly past: PastLooks;
}

export function crashScene(scene: Scene, past: PastLooks): CrashScene {
  return { scene, jobs: jobEndsOf(scene.all('Job')), warnings: createWarnings(scene.all('Event')), past };
}

/** What there is to say of an owner's pods; null: none of its containers ever ended badly or was started again. */
export function crashFactsOf({ owner, pods }: PodGroup, at: CrashScene): CrashFacts | null {
  const telling = pods.filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && pod.status?.phase !== 'Succeeded' && !isPushedOut(pod),
  );
  const rows = telling.flatMap((pod) => rowsOf(pod, at.jobs)).toSorted(latestFirst);
  if (rows.length === 0) return null;
  const named = new Set(rows.map(({ pod }) => pod));
  return {
    about: 'owner',
    context: at.scene.cluster.context,
    ...owner,
    live: pods.filter(isLive).length,
    rows: rows.slice(0, ROWS_MAX),
    left: Math.max(0, rows.length - ROWS_MAX),
    looks: at.past.of(owner.namespace, at.scene.now),
    logs: [],
    warnings: [...at.warnings.of(telling.filter(({ metadata }) => named.has(metadata.name)))],
  };
}

/** One for each container that is in trouble: the pod in which it ended last. */
export function speakersOf({ namespace, rows }: CrashFacts): readonly Speaker[] {
  const ofEach = Map.groupBy(
    rows.filter(({ sort, waiting, ended }) => sort !== 'ephemeral' && (waiting === BACK_OFF || ended !== null)),
    ({ container }) => container,
  );
  return [...ofEach].flatMap(([container, [row]]) =>
    row === undefined ? [] : [{ namespace, pod: row.pod, container, wasStartedAgain: row.ended === null }],
  );
}

function rowsOf(pod: Pod, jobs: JobEnds): CrashRow[] {
  return toldContainers(pod)
    .filter(({ status: { restartCount = 0, state } }) => {
      const code = state?.terminated?.exitCode ?? 0;
      return restartCount > 0 || code !== 0 || isOutOfMemory(state?.terminated) || state?.waiting?.reason === BACK_OFF;
    })
    .map((told) => rowOf(pod, told, jobs));
}

/** An exit code of 137 alone is any kill, of a failed liveness probe among them. */
export function isOutOfMemory(end: { readonly reason?: string | null } | null | undefined): boolean {
  return end?.reason === 'OOMKilled';
}

function rowOf(pod: Pod, { name, sort, status, path, spec }: ToldContainer, jobs: JobEnds): CrashRow {
  const { metadata } = pod;
  return {
    pod: metadata.name,
    key: `${metadata.uid ?? metadata.name}/${name}`,
    container: name,
    sort,
    path,
    restarts: status.restartCount ?? 0,
    waiting: status.state?.waiting?.reason ?? null,
    runs: status.state?.running?.startedAt ?? null,
    ended: endOf(status.state?.terminated),
    last: endOf(status.lastState?.terminated),
    created: metadata.creationTimestamp ?? null,
    phase: pod.status?.phase ?? '',
    restartPolicy: pod.spec?.restartPolicy ?? null,
    memoryLimit: limitOf(spec?.resources?.limits?.['memory']),
    job: jobs.of(pod),
  };
}

function limitOf(limit: string | number | undefined): string | null {
  return limit === undefined ? null : String(limit);
}

function endOf(state: TerminatedState | undefined): End | null {
  return state === undefined
    ? null
    : {
        exitCode: state.exitCode ?? null,
        signal: state.signal ?? null,
        reason: state.reason ?? null,
        message: state.message === undefined ? null : printableStart(state.message.trim(), LONGEST_MESSAGE),
        startedAt: state.startedAt ?? null,
        finishedAt: state.finishedAt ?? null,
      };
}

/** RFC 3339 in UTC as an API server writes it sorts as text; what has no time comes first, as it may be now. */
function latestFirst(a: CrashRow, b: CrashRow): number {
  const left = timeOf(a);
  const right = timeOf(b);
  return left === right ? (a.key < b.key ? -1 : 1) : left < right ? 1 : -1;
}

function timeOf({ ended, last }: CrashRow): string {
  return ended?.finishedAt ?? last?.finishedAt ?? '~';
}
