import * as z from 'zod';
import type { Seen } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import { conditionOf, type Node, type Owner, type Pod } from '../../providers/kubernetes/reader.ts';
import { isLive, isPushedOut, type PodGroup } from './pod-groups.ts';
import { isOnLostNode } from './readiness-facts.ts';
import type { Scene } from './scene.ts';

const rowFacts = z.object({
  pod: z.string(),
  owner: z.string(),
  reason: z.string(),
  message: z.string().nullable(),
  /** Since when, as far as a condition says. */
  since: z.string().nullable(),
});

/** What happened to pods of one node: told once, however many there are. */
export const nodeFacts = z.object({
  about: z.literal('node'),
  context: z.string(),
  node: z.string(),
  /** Put off the node. */
  pushedOut: z.array(rowFacts),
  pushedOutCount: z.number(),
  /** On a node that is not heard of. */
  stranded: z.array(rowFacts),
  strandedCount: z.number(),
  /** Since when the node is not heard of, and why. */
  lost: z.object({ reason: z.string().nullable(), since: z.string().nullable() }).nullable(),
});
export type NodePods = z.infer<typeof nodeFacts>;

const ROWS_MAX = 20;
const LONGEST_MESSAGE = 300;

/** The nodes of which pods were put off, or on which pods are out of reach. */
export function seeNodes(groups: readonly PodGroup[], scene: Scene, lost: ReadonlySet<string>): readonly Seen[] {
  const nodes = new Map(scene.all('Node').map((node) => [node.metadata.name, node]));
  const all = groups.flatMap(({ owner, pods }) => pods.map((pod) => ({ owner, pod })));
  const pushedOut = all.filter(({ pod }) => pod.metadata.deletionTimestamp === undefined && isPushedOut(pod));
  const stranded = all.filter(
    ({ pod }) =>
      isOnLostNode(pod, lost) && !isPushedOut(pod) && (isLive(pod) || pod.metadata.deletionTimestamp !== undefined),
  );
  const names = new Set([...pushedOut, ...stranded].map(({ pod }) => pod.nodeName ?? ''));
  return [...names].toSorted().map((name) => {
    const on = ({ pod }: Told): boolean => (pod.nodeName ?? '') === name;
    const facts: NodePods = {
      about: 'node',
      context: scene.cluster.context,
      node: name,
      pushedOut: pushedOut.filter(on).map(rowOf).toSorted(latestFirst).slice(0, ROWS_MAX),
      pushedOutCount: pushedOut.filter(on).length,
      stranded: stranded.filter(on).slice(0, ROWS_MAX).map(rowOf),
      strandedCount: stranded.filter(on).length,
      lost: lostOf(nodes.get(name)),
    };
    return scene.see({ kind: 'Node', metadata: { name: name === '' ? '(not said)' : name } }, facts);
  });
}

interface Told {
  readonly owner: Owner;
  readonly pod: Pod;
}

function rowOf({ owner, pod }: Told): NodePods['pushedOut'][number] {
  const { reason, message, conditions } = pod.status ?? {};
  const moved = conditionOf(conditions, 'DisruptionTarget') ?? conditionOf(conditions, 'Ready');
  return {
    pod: `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`,
    owner: `${owner.kind} ${owner.namespace}/${owner.name}`,
    reason: reason ?? '',
    message: message === undefined ? null : printableStart(message, LONGEST_MESSAGE),
    since: moved?.lastTransitionTime ?? null,
  };
}

/** What has no time comes first, as it may be of this moment. */
function latestFirst(a: { readonly since: string | null }, b: { readonly since: string | null }): number {
  const left = a.since ?? '~';
  const right = b.since ?? '~';
  return left === right ? 0 : left < right ? 1 : -1;
}

function lostOf(node: Node | undefined): NodePods['lost'] {
  const ready = conditionOf(node?.status?.conditions, 'Ready');
  return ready?.status === 'Unknown' ? { reason: ready.reason ?? null, since: ready.lastTransitionTime ?? null } : null;
}
