import * as z from 'zod';
import type { Check, Observation, Seen } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import {
  conditionOf,
  instantOf,
  quantityOf,
  type KubernetesReader,
  type Node,
  type NodeMetrics,
} from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { percentParam } from '../percent-param.ts';
import { clusterShape } from './cluster-params.ts';
import { judgeLasting } from './lasting-judgement.ts';
import { lastingAsFacts, timeOf } from './lasting.ts';
import { judgeFlapping, judgeUse, sampleNode } from './node-history.ts';
import { minorOf, nodeProblems } from './node-problems.ts';
import { nodeRules } from './node-rules.ts';
import { idOf, lookAtCluster, tallyWords, type Scene } from './scene.ts';

const nodesParams = z.strictObject({
  ...clusterShape,
  notReadyAfter: durationParam('0s', '1d')
    .prefault('5m')
    .describe('How long a node may be not ready, or under pressure, before it is reported.'),
  cordonedAfter: durationParam('1m', '365d').prefault('24h').describe('How long a node may be closed to new pods.'),
  usage: percentParam()
    .default(80)
    .describe('Report a node that used more of its processors or memory than this at two looks in a row.'),
  flaps: z.int().min(2).max(100).default(2).describe('Report a node that was away this often within a day.'),
  conditions: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "More types of conditions that are bad when they are True or Unknown, such as node-problem-detector's `KernelDeadlock`; patterns with `*`.",
    ),
});
type NodesParams = z.output<typeof nodesParams>;

export const check: Check<KubernetesReader, NodesParams> = {
  id: 'kubernetes/nodes',
  title: 'Nodes of a cluster',
  keywords: ['node', 'kubelet', 'notready', 'cordon', 'taint', 'pressure'],
  description: `Looks at the conditions of the nodes, their kubelets' versions and, where metrics.k8s.io is served, how much of them is used.

Reports:
- **not-ready** (critical) a node whose Ready is not True, Unknown included, for \`notReadyAfter\`.
- **pressure:** with MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable (high) when one is True or Unknown for as long; not when all are Unknown because the node is not heard of.
- **condition:** with the type (medium) for what \`conditions\` names. Other types that somebody adds to nodes (node-problem-detector, k3s's EtcdIsVoter) are left alone: for some of them True is good.
- **flapping** (medium) a node that was away \`flaps\` times within a day, by when it became ready: also when no look met it away. One restart is none.
- **cordoned** (low) a node that is closed to new pods for \`cordonedAfter\`.
- **cpu**, **memory** (medium) when more than \`usage\` percent of what may be allocated was used at this look and at the one before; over once it is 5 below.
- **kubelet-skew** (medium) a kubelet more than three minor versions older than the API server, or newer.

Without a metrics API the use is not measured, which the report says and which is no finding. To list nodes needs a cluster role: the role \`view\` may not. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: nodesParams,
  timeoutMs: 60_000,

  read(reader, params, context) {
    return lookAtCluster(reader, params, context, { needs: ['Node'] }, (scene) => seeNodes(scene, params));
  },

  judge(seen, params, history) {
    return [
      ...judgeLasting(seen, nodeRules(params), history),
      ...judgeFlapping(seen, params.flaps, history),
      ...judgeUse(seen, params.usage, history),
    ];
  },

  sample: sampleNode,

  summary(seen) {
    const reason = seen.map(({ facts }) => facts['notMeasured']).find((each) => typeof each === 'string');
    const words = [
      tallyWords(seen),
      reason === undefined ? null : `How much of the nodes is used was not measured: ${reason}`,
    ];
    return words.filter((each) => each !== null).join(' ') || null;
  },
};

async function seeNodes(scene: Scene, { conditions }: NodesParams): Promise<readonly Observation[]> {
  const nodes = scene.all('Node');
  if (nodes.length === 0) return [];
  const [metrics, server] = await Promise.all([measure(scene), serverMinor(scene)]);
  return [
    ...metrics.observations,
    ...nodes.map((node) =>
      scene.see(node, {
        ...lastingAsFacts(scene, node, nodeProblems(node, conditions, server)),
        ...historyFacts(node, metrics.byNode.get(node.metadata.name)),
      }),
    ),
  ];
}

function historyFacts({ metadata, status }: Node, metrics: NodeMetrics | undefined): JsonObject {
  const ready = conditionOf(status?.conditions, 'Ready');
  const isReady = ready === null || ready.status === 'True';
  const share = (what: 'cpu' | 'memory'): number | null => {
    const [used, of] = [quantityOf(metrics?.usage?.[what]), quantityOf(status?.allocatable?.[what])];
    return used === null || of === null || of <= 0 ? null : (used / of) * 100;
  };
  return {
    isReady,
    readySince: ready?.status === 'True' ? instantOf(ready.lastTransitionTime) : null,
    createdAt: timeOf(metadata.creationTimestamp),
    used: { cpu: share('cpu'), memory: share('memory') },
  };
}

interface Measured {
  readonly byNode: ReadonlyMap<string, NodeMetrics>;
  readonly observations: readonly Observation[];
}

/** A cluster may be without a metrics API, or its server down, which `kubernetes/control-plane` tells. */
async function measure(scene: Scene): Promise<Measured> {
  const listing = await scene.cluster.list('NodeMetrics', scene.signal);
  const byNode = new Map(listing.objects.map((metrics) => [metrics.metadata.name, metrics]));
  const [trouble] = listing.hidden;
  if (trouble === undefined)
    return { byNode, observations: listing.served ? [] : [notMeasured(scene, 'metrics.k8s.io is not served.')] };
  const { code, message } = trouble.failure;
  if (code === 'HTTP_503' || code === 'NOT_SERVED') return { byNode, observations: [notMeasured(scene, message)] };
  const resource = idOf(scene.cluster, METRICS);
  return {
    byNode,
    observations: [{ status: 'unknown', resource, name: 'metrics of the nodes', failure: trouble.failure }],
  };
}

const METRICS = { kind: 'Metrics', metadata: { name: 'nodes' } } as const;

function notMeasured(scene: Scene, reason: string): Seen {
  return scene.see(METRICS, { about: 'metrics', notMeasured: printable(reason) });
}

/** null: it would not say, and versions are not compared. */
async function serverMinor(scene: Scene): Promise<number | null> {
  const looked = await scene.cluster.get('/version', scene.signal);
  const version = looked.status === 'seen' ? looked.value?.['gitVersion'] : undefined;
  return typeof version === 'string' ? minorOf(version) : null;
}
