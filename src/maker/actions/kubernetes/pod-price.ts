import type { ActionContext, Observed } from '../../../domain/action.ts';
import type { ActionSettings } from '../../../domain/action-settings.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { unknownCost, type CostDelta } from '../../../domain/money.ts';
import { needsNodes, podCost, timesPods } from '../../../domain/prices.ts';
import {
  asKind,
  nodeShapesOf,
  podDescriptionOf,
  podRequestsOf,
  type Cluster,
} from '../../../providers/kubernetes/reader.ts';
import type { Fields } from './object-fields.ts';

const PRICE = 'Pod price';
const BASIS = 'Price basis';

/**
 * For the card, and for `costOfPods`: what a pod of a workload costs a month by the operator's prices. It is shown and not
 * relied on: nodes that come and go make no plan stale. Empty: the operator said no prices.
 */
export async function podPriceShown(
  cluster: Cluster,
  workload: Fields,
  { settings: { prices }, signal }: Pick<ActionContext, 'settings' | 'signal'>,
): Promise<JsonObject> {
  if (prices === undefined) return {};
  const [object] = asKind('Deployment', [workload]);
  const requests = podRequestsOf((object === undefined ? null : podDescriptionOf(object))?.spec ?? {});
  const nodes = needsNodes(prices) ? await cluster.list('Node', signal) : null;
  const cost = podCost(
    prices,
    requests,
    nodes === null || nodes.hidden.length > 0 ? null : nodeShapesOf(nodes.objects),
  );
  return {
    [PRICE]: cost.amount === null ? 'not known' : Math.round(cost.amount * 10_000) / 10_000,
    [BASIS]: cost.basis,
  };
}

/** What so many pods more (or fewer: negative) cost a month, from what was shown of one. */
export function costOfPods({ shown }: Observed, pods: number, { prices }: ActionSettings): CostDelta {
  if (prices === undefined) return podCost(undefined, null, null);
  const { [PRICE]: amount, [BASIS]: basis } = shown;
  const words = typeof basis === 'string' ? basis : 'no price of its pods is known';
  const { currency } = prices;
  if (typeof amount !== 'number') return { ...unknownCost(words), currency };
  return timesPods({ amount, currency, per: 'month', basis: words }, pods);
}
