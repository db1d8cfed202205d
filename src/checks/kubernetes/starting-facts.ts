import * as z from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { printableStart } from '../../domain/printable.ts';
import type { Pod } from '../../providers/kubernetes/reader.ts';
import { isLive, toldContainers, type PodGroup } from './pod-groups.ts';
import type { Scene } from './scene.ts';
import { warningFacts, type Warnings } from './warnings.ts';

const waitingFacts = z.object({
  container: z.string(),
  sort: z.enum(['main', 'init', 'sidecar', 'ephemeral']),
  /** `status.containerStatuses[0]` */
  path: z.string(),
  reason: z.string(),
  message: z.string().nullable(),
  image: z.string().nullable(),
});
export type Waiting = z.infer<typeof waitingFacts>;

const rowFacts = z.object({
  pod: z.string(),
  phase: z.string(),
  /** Not on a node yet: what the scheduler says. */
  scheduling: z.object({ reason: z.string(), message: z.string(), since: z.string().nullable() }).nullable(),
  gates: z.array(z.string()),
  node: z.string().nullable(),
  created: z.string().nullable(),
  /** When its node took it on. */
  started: z.string().nullable(),
  /** False: its node has not said a word of its containers. */
  told: z.boolean(),
  waiting: z.array(waitingFacts),
  /** Init containers that run, on which the others wait. */
  preparing: z.array(z.string()),
  /** The latest Warning event. */
  latest: warningFacts.nullable(),
});
export type StartingRow = z.infer<typeof rowFacts>;

export const startingFacts = z.object({
  about: z.literal('owner'),
  context: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  live: z.number(),
  rows: z.array(rowFacts),
  left: z.number(),
  warnings: z.array(warningFacts),
});
export type StartingFacts = z.infer<typeof startingFacts>;

const ROWS_MAX = 100;
const LONGEST_MESSAGE = 500;

/** What there is to say of an owner's pods; null: none waits for anything. */
export function startingFactsOf({ owner, pods }: PodGroup, scene: Scene, warnings: Warnings): JsonObject | null {
  const live = pods.filter(isLive);
  const waiting = live.filter((pod) => isPending(pod) || hasWaiting(pod));
  if (waiting.length === 0) return null;
  const shown = waiting.toSorted(oldestFirst).slice(0, ROWS_MAX);
  const facts: StartingFacts = {
    about: 'owner',
    context: scene.cluster.context,
    ...owner,
    live: live.length,
    rows: shown.map((pod) => rowOf(pod, warnings)),
    left: waiting.length - shown.length,
    warnings: [...warnings.of(waiting)],
  };
  return facts;
}

function isPending({ status }: Pod): boolean {
  return status?.phase === 'Pending';
}

function hasWaiting(pod: Pod): boolean {
  return toldContainers(pod).some(({ status }) => status.state?.waiting !== undefined);
}

function oldestFirst(a: Pod, b: Pod): number {
  const left = a.metadata.creationTimestamp ?? '';
  const right = b.metadata.creationTimestamp ?? '';
  return left < right || (left === right && a.metadata.name < b.metadata.name) ? -1 : 1;
}

function rowOf(pod: Pod, warnings: Warnings): StartingRow {
  const told = toldContainers(pod);
  return {
    pod: pod.metadata.name,
    phase: pod.status?.phase ?? '',
    scheduling: schedulingOf(pod),
    gates: (pod.spec?.schedulingGates ?? []).map(({ name }) => name),
    node: pod.nodeName ?? null,
    created: pod.metadata.creationTimestamp ?? null,
    started: pod.status?.startTime ?? null,
    told: told.length > 0,
    waiting: told.flatMap(({ name, sort, path, status, spec }) => {
      const { waiting } = status.state ?? {};
      return waiting === undefined
        ? []
        : [
            {
              container: name,
              sort,
              path,
              reason: waiting.reason ?? '',
              message: waiting.message === undefined ? null : printableStart(waiting.message, LONGEST_MESSAGE),
              image: spec?.image ?? status.image ?? null,
            },
          ];
    }),
    preparing: told
      .filter(({ sort, status }) => sort === 'init' && status.state?.running !== undefined)
      .map(({ name }) => name),
    latest: warnings.of([pod])[0] ?? null,
  };
}

/** Of conditions of one type there should be one; where several are, the one that keeps the pod waiting counts. */
function schedulingOf(pod: Pod): StartingRow['scheduling'] {
  if (!isPending(pod)) return null;
  const told = (pod.status?.conditions ?? []).filter(
    ({ type, status, reason }) => type === 'PodScheduled' && status !== 'True' && reason !== undefined,
  );
  const condition = told.find(({ reason }) => reason !== undefined && KEEPS.has(reason)) ?? told[0];
  return condition === undefined
    ? null
    : {
        reason: condition.reason ?? '',
        message: printableStart(condition.message ?? '', LONGEST_MESSAGE),
        since: condition.lastTransitionTime ?? null,
      };
}

const KEEPS: ReadonlySet<string> = new Set(['Unschedulable', 'SchedulingGated', 'SchedulerError']);
