import { CodedError } from '../domain/coded-error.ts';
import { seen, type Looked } from '../domain/failure.ts';
import { unknownCost, type CostDelta } from '../domain/money.ts';
import { needsNodes, podsCost, type PodRequests, type Prices } from '../domain/prices.ts';
import {
  nodeShapesOf,
  podDescriptionOf,
  podRequestsOf,
  type Cluster,
  type ClusterChoice,
  type KubeObject,
} from '../providers/kubernetes/reader.ts';
import { createNetReader } from '../providers/net/reader.ts';
import type { StatefulApp } from './app.ts';
import { openCluster } from './open-cluster.ts';
import { openCostPrices } from './open-cost.ts';

/** So many pods of a workload, more or fewer. */
export interface CostQuestion {
  /** Negative: fewer. */
  readonly pods: number;
  /** `checkout-api`, `shop/checkout-api` or `deployment/shop/checkout-api`. */
  readonly workload: string;
}

export interface CostAnswer extends CostQuestion {
  readonly context: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** What one of its pods asks for; null: nothing. */
  readonly requests: PodRequests | null;
  readonly cost: CostDelta;
}

/** `2 additional checkout-api pods`, `one fewer replica of shop/web`. COST_QUESTION_INVALID when it is no such sentence. */
export function costQuestion(text: string): CostQuestion {
  const words = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const match =
    /^(\S+)(?: (more|additional|extra|fewer|less))? (?:pods?|replicas?|copies|copy) (?:of|for) (\S+)$/.exec(words) ??
    /^(\S+)(?: (more|additional|extra|fewer|less))? (\S+?)(?: (?:pods?|replicas?|copies|copy))?$/.exec(words);
  const [, howMany = '', direction = 'more', workload = ''] = match ?? [];
  const count = NUMBERS[howMany] ?? (/^[+-]?\d{1,6}$/.test(howMany) ? Number(howMany) : null);
  if (match === null || count === null)
    throw new CodedError('COST_QUESTION_INVALID', `"${text}" does not say how many pods of what`, {
      next: 'write it like "2 additional checkout-api pods" or "3 fewer replicas of shop/web"',
    });
  return { pods: direction === 'fewer' || direction === 'less' ? -count : count, workload };
}

const NUMBERS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
};

/** What has as many pods as one says. */
const SCALED = ['Deployment', 'StatefulSet', 'ReplicaSet'] as const;

/** What more or fewer pods of a workload cost a month, by its own template and the operator's prices. */
export async function estimateCost(
  app: StatefulApp,
  choice: ClusterChoice,
  question: CostQuestion,
  signal: AbortSignal,
): Promise<CostAnswer> {
  const cluster = await openCluster(app, choice, signal);
  const lists = await Promise.all(SCALED.map((kind) => cluster.list(kind, signal)));
  const hidden = lists.flatMap((list) => list.hidden);
  const found = lists
    .flatMap((list): readonly KubeObject[] => list.objects)
    // What belongs to a Deployment is scaled by it.
    .filter(({ metadata }) => (metadata.ownerReferences ?? []).length === 0)
    .filter((object) => isNamed(object, question.workload));
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) throw notTheOne(question.workload, found, hidden.length > 0);
  const namespace = only.metadata.namespace ?? '';
  const requests = podRequestsOf(podDescriptionOf(only)?.spec ?? {});
  const prices = await pricesFor(app, namespace, signal);
  return {
    ...question,
    context: cluster.context,
    kind: only.kind,
    namespace,
    name: only.metadata.name,
    requests,
    cost: await costOf(prices, question.pods, requests, cluster, signal),
  };
}

async function costOf(
  prices: Looked<Prices | undefined>,
  pods: number,
  requests: PodRequests | null,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<CostDelta> {
  if (prices.status === 'unknown') return unknownCost(prices.failure.message);
  const nodes = needsNodes(prices.value) ? await cluster.list('Node', signal) : null;
  const shapes = nodes === null || nodes.hidden.length > 0 ? null : nodeShapesOf(nodes.objects);
  return podsCost(prices.value, pods, requests, shapes);
}

/** The operator's word goes before OpenCost's; what only nodes have a price for is asked of nobody. */
async function pricesFor(
  app: StatefulApp,
  namespace: string,
  signal: AbortSignal,
): Promise<Looked<Prices | undefined>> {
  const { prices } = app.config;
  if (prices?.opencost === undefined || (prices.vcpuHour !== null && prices.gibHour !== null)) return seen(prices);
  const asked = await openCostPrices(createNetReader(app.provider), prices.opencost, namespace, signal);
  if (asked.status === 'seen') return seen({ ...prices, ...asked.value });
  return needsNodes(prices) ? seen(prices) : asked;
}

function isNamed({ kind, metadata: { namespace, name } }: KubeObject, wanted: string): boolean {
  return [
    name,
    `${namespace}/${name}`,
    `${kind.toLowerCase()}/${name}`,
    `${kind.toLowerCase()}/${namespace}/${name}`,
  ].includes(wanted);
}

function notTheOne(wanted: string, found: readonly KubeObject[], isPartial: boolean): CodedError {
  if (found.length === 0)
    return new CodedError(
      'NOT_FOUND',
      `there is no Deployment, StatefulSet or ReplicaSet "${wanted}"${isPartial ? ' in what may be read' : ''}`,
      { next: 'write it as kubectl shows it: kubectl get deployments,statefulsets -A' },
    );
  const keys = found.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.namespace}/${metadata.name}`);
  return new CodedError('AMBIGUOUS', `"${wanted}" fits several`, {
    next: `write one of: ${keys.slice(0, 10).join(', ')}`,
  });
}
