import { conditionOf, type DaemonSet, type Node, type Pod } from '../../providers/kubernetes/reader.ts';
import { generationLag } from './deployment-problems.ts';
import { untold, type LastingProblem } from './lasting.ts';
import type { Scene } from './scene.ts';
import { refusalFields } from './stateful-set-problems.ts';
import { creationRefused, firstSeen, isReady, shortSince, type WorkloadPods } from './workload-pods.ts';

export function isBehind({ status }: DaemonSet): boolean {
  return (status?.numberReady ?? 0) < (status?.desiredNumberScheduled ?? 0);
}

/** `down`: nodes that are not ready. Each of them is told by `kubernetes/nodes`, once and not for every daemon set. */
export function daemonSetProblems(
  scene: Scene,
  set: DaemonSet,
  pods: WorkloadPods,
  down: ReadonlySet<string>,
): readonly LastingProblem[] {
  return [
    ...notOnEveryNode(scene, set, pods, down),
    ...misscheduled(set),
    ...generationLag(set, set.status?.observedGeneration),
  ];
}

/** The names of the nodes that are not ready, where they may be seen. */
export function downNodes(nodes: readonly Node[]): ReadonlySet<string> {
  return new Set(
    nodes
      .filter(({ status }) => {
        const ready = conditionOf(status?.conditions, 'Ready');
        return ready !== null && ready.status !== 'True';
      })
      .map(({ metadata }) => metadata.name),
  );
}

function notOnEveryNode(
  scene: Scene,
  set: DaemonSet,
  pods: WorkloadPods,
  down: ReadonlySet<string>,
): readonly LastingProblem[] {
  if (!isBehind(set)) return [];
  const isDown = ({ nodeName }: Pod): boolean => nodeName !== undefined && down.has(nodeName);
  const mine = pods.of(set);
  const excused = mine.filter((pod) => !isReady(pod) && isDown(pod)).length;
  const desired = (set.status?.desiredNumberScheduled ?? 0) - excused;
  const ready = set.status?.numberReady ?? 0;
  if (ready >= desired) return [];
  const refused = creationRefused(scene, set);
  const others = mine.filter((pod) => !isDown(pod));
  const nodes = others.filter((pod) => !isReady(pod)).flatMap(({ nodeName }) => nodeName ?? []);
  return [
    {
      rule: 'not-on-every-node',
      about: `${ready} of ${desired} pods`,
      since: shortSince(others, desired - ready) ?? (refused === null ? untold(set) : firstSeen(refused)),
      worse: ready === 0,
      fields: [
        { path: 'status.desiredNumberScheduled', value: set.status?.desiredNumberScheduled ?? null },
        { path: 'status.numberReady', value: set.status?.numberReady ?? null },
        ...(excused === 0 ? [] : [{ path: 'pods on nodes that are not ready', value: excused }]),
        ...nodes.slice(0, NODES_SHOWN).map((node) => ({ path: 'not ready on', value: node })),
        ...refusalFields(refused),
      ],
    },
  ];
}

const NODES_SHOWN = 5;

function misscheduled(set: DaemonSet): readonly LastingProblem[] {
  const count = set.status?.numberMisscheduled ?? 0;
  if (count === 0) return [];
  return [
    {
      rule: 'misscheduled',
      about: `${count} ${count === 1 ? 'node' : 'nodes'}`,
      since: untold(set),
      fields: [{ path: 'status.numberMisscheduled', value: count }],
    },
  ];
}
