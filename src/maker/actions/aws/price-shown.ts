import type { Observed } from '../../../domain/action.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { unknownCost, type CostDelta } from '../../../domain/money.ts';
import { monthlyCostOf, priceOf, type Product } from '../../../providers/aws/reader.ts';
import type { At } from './one-change.ts';

const PRICE = 'Dollars a month';
const BASIS = 'Price basis';

/** For the card, and for `savingOf`: what so much of a product costs a month by AWS's price list. Shown, and not relied on. */
export async function priceShown(
  { account, place, signal }: At,
  product: Product | null,
  quantity: number,
): Promise<JsonObject> {
  if (product === null) return { [PRICE]: 'not known', [BASIS]: 'the price list is not asked for this kind' };
  const { amount, basis } = monthlyCostOf(await priceOf(account, place.region, product, signal), quantity);
  return { [PRICE]: amount ?? 'not known', [BASIS]: basis };
}

/** What is saved when it is gone. */
export function savingOf({ shown }: Observed): CostDelta {
  const { [PRICE]: amount, [BASIS]: basis } = shown;
  const words = typeof basis === 'string' ? basis : 'no price is known';
  return typeof amount === 'number'
    ? { amount: -amount, currency: 'USD', per: 'month', basis: words }
    : unknownCost(words);
}
