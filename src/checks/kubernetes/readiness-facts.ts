import * as z from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { printableStart } from '../../domain/printable.ts';
import { conditionOf, type ContainerState, type Node, type Pod } from '../../providers/kubernetes/reader.ts';
import { controllerKind, isLive, isPushedOut, toldContainers, type PodGroup } from './pod-groups.ts';
import type { Scene } from './scene.ts';
import { warningFacts, type Warnings } from './warnings.ts';

const unreadyFacts = z.object({
  pod: z.string(),
  phase: z.string(),
  /** The Ready condition; null: there is none. */
  ready: z
    .object({
      status: z.string(),
      reason: z.string().nullable(),
      message: z.string().nullable(),
      since: z.string().nullable(),
    })
    .nullable(),
  started: z.string().nullable(),
  /** Containers that are not ready, with the field that says so and what they do. */
  containers: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      state: z.enum(['runs', 'waits', 'ended', 'unsaid']),
      /** Why it waits. */
      reason: z.string().nullable(),
      startedAt: z.string().nullable(),
    }),
  ),
  /** The kubelet's latest word about a probe. */
  probe: warningFacts.nullable(),
});
export type Unready = z.infer<typeof unreadyFacts>;

const terminatingFacts = z.object({
  pod: z.string(),
  /** When it was to be gone, the time for its goodbye included. */
  deletionTimestamp: z.string(),
  grace: z.number().nullable(),
  finalizers: z.array(z.string()),
  node: z.string().nullable(),
});
export type Terminating = z.infer<typeof terminatingFacts>;

export const ownerFacts = z.object({
  about: z.literal('owner'),
  context: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  live: z.number(),
  unready: z.array(unreadyFacts),
  terminating: z.array(terminatingFacts),
  left: z.number(),
  warnings: z.array(warningFacts),
});
export type ReadinessFacts = z.infer<typeof ownerFacts>;

const ROWS_MAX = 100;
const LONGEST_MESSAGE = 300;

/** Nodes that are not heard of, by name: what is wrong with their pods is wrong with them. */
export function lostNodes(nodes: readonly Node[]): ReadonlySet<string> {
  return new Set(
    nodes
      .filter(({ status }) => conditionOf(status?.conditions, 'Ready')?.status === 'Unknown')
      .map(({ metadata }) => metadata.name),
  );
}

/** True where the pod's node is lost, or its own status says that it was when its node was. */
export function isOnLostNode({ nodeName, status }: Pod, lost: ReadonlySet<string>): boolean {
  return (nodeName !== undefined && lost.has(nodeName)) || status?.reason === 'NodeLost';
}

/** What there is to say of an owner's pods; null: all are ready, or not expected to be. */
export function readinessFactsOf(
  { owner, pods }: PodGroup,
  scene: Scene,
  warnings: Warnings,
  lost: ReadonlySet<string>,
): JsonObject | null {
  const here = pods.filter((pod) => !isOnLostNode(pod, lost));
  const unready = here.filter((pod) => isUnready(pod) && controllerKind(pod) !== 'Job' && !isPushedOut(pod));
  const terminating = here.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  if (unready.length === 0 && terminating.length === 0) return null;
  const facts: ReadinessFacts = {
    about: 'owner',
    context: scene.cluster.context,
    ...owner,
    live: pods.filter(isLive).length,
    unready: unready.slice(0, ROWS_MAX).map((pod) => unreadyOf(pod, warnings)),
    terminating: terminating.slice(0, ROWS_MAX).map(terminatingOf),
    left: Math.max(0, unready.length - ROWS_MAX) + Math.max(0, terminating.length - ROWS_MAX),
    warnings: [...warnings.of(unready)],
  };
  return facts;
}

function isUnready(pod: Pod): boolean {
  const { status } = pod;
  if (!isLive(pod)) return false;
  if (status?.phase === 'Unknown') return true;
  if (status?.phase !== 'Running') return false;
  const ready = conditionOf(status.conditions, 'Ready');
  return ready === null
    ? (status.containerStatuses ?? []).some((told) => told.ready === false)
    : ready.status !== 'True';
}

function unreadyOf(pod: Pod, warnings: Warnings): Unready {
  const ready = conditionOf(pod.status?.conditions, 'Ready');
  const told = toldContainers(pod);
  return {
    pod: pod.metadata.name,
    phase: pod.status?.phase ?? '',
    ready:
      ready === null
        ? null
        : {
            status: ready.status,
            reason: ready.reason ?? null,
            message: ready.message === undefined ? null : printableStart(ready.message, LONGEST_MESSAGE),
            since: ready.lastTransitionTime ?? null,
          },
    started: pod.status?.startTime ?? pod.metadata.creationTimestamp ?? null,
    containers: told
      .filter(({ sort, status }) => (sort === 'main' || sort === 'sidecar') && status.ready === false)
      .map(({ name, path, status: { state } }) => ({
        name,
        path: `${path}.ready`,
        state: stateOf(state),
        reason: state?.waiting?.reason ?? null,
        startedAt: state?.running?.startedAt ?? null,
      })),
    probe: warnings.of([pod]).find(({ reason }) => reason === 'Unhealthy') ?? null,
  };
}

function stateOf(state: ContainerState | undefined): 'runs' | 'waits' | 'ended' | 'unsaid' {
  if (state?.running !== undefined) return 'runs';
  if (state?.waiting !== undefined) return 'waits';
  return state?.terminated === undefined ? 'unsaid' : 'ended';
}

function terminatingOf({ metadata, nodeName }: Pod): Terminating {
  return {
    pod: metadata.name,
    deletionTimestamp: metadata.deletionTimestamp ?? '',
    grace: metadata.deletionGracePeriodSeconds ?? null,
    finalizers: [...(metadata.finalizers ?? [])],
    node: nodeName ?? null,
  };
}
