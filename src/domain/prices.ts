import { unknownCost, type CostDelta } from './money.ts';

/** What computing costs, in the operator's word: Holdfast knows no list prices, and asks nobody for them. */
export interface Prices {
  /** ISO 4217. */
  readonly currency: string;
  /** Of one virtual CPU, and of one GiB of memory, for an hour; null: not said. */
  readonly vcpuHour: number | null;
  readonly gibHour: number | null;
  /** Of a whole node for an hour, by its type (label node.kubernetes.io/instance-type). */
  readonly nodeHour: Readonly<Record<string, number>>;
  /** Whose mean the prices of CPU and memory are, where they are not the operator's word: `OpenCost, last 7 days`. */
  readonly source?: string;
}

/** What one pod asks for. */
export interface PodRequests {
  readonly vcpu: number;
  readonly gib: number;
  /** Containers that ask for nothing of a kind: the figure is a lower bound then. */
  readonly unsaid: number;
}

/** Nodes of one type: what they offer to pods, and how many there are. */
export interface NodeShape {
  readonly type: string;
  readonly vcpu: number;
  readonly gib: number;
  readonly count: number;
}

/** 365 days and a quarter of 24 hours, in twelve parts. */
const HOURS_PER_MONTH = 730.5;

/**
 * What so many pods more (or fewer: negative) cost a month. By the price of CPU and memory where it is said; else by that
 * of the nodes: a pod takes of a node the larger of its shares of CPU and memory, in the mean over the nodes that are
 * priced. Null where nothing says a price or a size: it is never guessed. `nodes` null: they could not be read.
 */
export function podsCost(
  prices: Prices | undefined,
  pods: number,
  requests: PodRequests | null,
  nodes: readonly NodeShape[] | null,
): CostDelta {
  return timesPods(podCost(prices, requests, nodes), pods);
}

/** So many times what one pod costs, in whole cents. */
export function timesPods(cost: CostDelta, pods: number): CostDelta {
  return cost.amount === null ? cost : { ...cost, amount: Math.round(cost.amount * pods * 100) / 100 + 0 };
}

/** True when only the nodes can say what a pod costs. */
export function needsNodes(prices: Prices | undefined): boolean {
  return prices !== undefined && unitPrices(prices) === null && Object.keys(prices.nodeHour).length > 0;
}

/** What one pod costs a month, not rounded. */
export function podCost(
  prices: Prices | undefined,
  requests: PodRequests | null,
  nodes: readonly NodeShape[] | null,
): CostDelta {
  if (prices === undefined)
    return unknownCost('no prices are configured (prices: vcpuHour and gibHour, or nodeHour by type)');
  const unknown = (why: string): CostDelta => ({ ...unknownCost(why), currency: prices.currency });
  if (requests === null) return unknown('its containers ask for neither CPU nor memory');
  if (unitPrices(prices) === null && !needsNodes(prices))
    return unknown('no price is configured of a vCPU hour and a GiB hour, or of a node');
  if (nodes === null && needsNodes(prices)) return unknown('the nodes, which have the price, could not be read');
  const hourly = hourlyOf(prices, requests, nodes ?? []);
  if (hourly === null) return unknown('no price is configured for the types of this cluster’s nodes');
  const size = `${trim(requests.vcpu)} vCPU and ${trim(requests.gib)} GiB a pod`;
  const least = requests.unsaid === 0 ? '' : `; at least: ${requests.unsaid} of its containers ask for nothing`;
  return {
    amount: hourly.amount * HOURS_PER_MONTH,
    currency: prices.currency,
    per: 'month',
    basis: `estimated: ${size}, ${hourly.basis}${least}`,
  };
}

function unitPrices({ vcpuHour, gibHour }: Prices): { readonly vcpu: number; readonly gib: number } | null {
  return vcpuHour === null || gibHour === null ? null : { vcpu: vcpuHour, gib: gibHour };
}

function hourlyOf(
  prices: Prices,
  { vcpu, gib }: PodRequests,
  nodes: readonly NodeShape[],
): { readonly amount: number; readonly basis: string } | null {
  const { currency, nodeHour, source } = prices;
  const unit = unitPrices(prices);
  if (unit !== null)
    return {
      amount: vcpu * unit.vcpu + gib * unit.gib,
      basis: `${trim(unit.vcpu)} ${currency} a vCPU hour, ${trim(unit.gib)} ${currency} a GiB hour${source === undefined ? '' : ` (${source})`}`,
    };
  const priced = nodes.flatMap(({ type, count, ...node }) => {
    const price = Object.hasOwn(nodeHour, type) ? nodeHour[type] : undefined;
    return price === undefined || node.vcpu <= 0 || node.gib <= 0
      ? []
      : [{ type, count, amount: Math.max(vcpu / node.vcpu, gib / node.gib) * price }];
  });
  const count = priced.reduce((sum, each) => sum + each.count, 0);
  if (count === 0) return null;
  return {
    amount: priced.reduce((sum, each) => sum + each.amount * each.count, 0) / count,
    basis: `its share of the priced nodes (${priced.map(({ type, count: some }) => `${some} ${type}`).join(', ')})`,
  };
}

function trim(number: number): string {
  return String(Math.round(number * 10_000) / 10_000);
}
