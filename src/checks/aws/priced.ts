import * as z from 'zod';
import type { MonthlyCost } from '../../domain/money.ts';
import { monthlyCostOf, priceOf, type Product } from '../../providers/aws/reader.ts';
import type { Scene } from './scene.ts';

/** What a thing costs a month, as facts hold it; `amount` null: not known, and `basis` says why. */
export const costFacts = z.object({ amount: z.number().nullable(), basis: z.string() });
export type CostFacts = z.output<typeof costFacts>;

/** By the price list; `quantity` in GB, or how many that are paid by the hour. */
export async function priced(scene: Scene, product: Product, quantity: number, note = ''): Promise<CostFacts> {
  const price = await priceOf(scene.account, scene.place.region, product, scene.signal);
  const { amount, basis } = monthlyCostOf(price, quantity, note);
  return { amount, basis };
}

export function asMonthlyCost({ amount, basis }: CostFacts): MonthlyCost {
  return { amount, currency: 'USD', per: 'month', basis };
}

/** ` ($3.65 a month)`; empty where it is not known. */
export function inDollars({ amount }: CostFacts): string {
  return amount === null ? '' : ` ($${amount < 0.01 ? amount : amount.toFixed(2)} a month)`;
}

export function noPrice(why: string): CostFacts {
  return { amount: null, basis: `no price: ${why}` };
}

/** The types of volumes whose price Holdfast looks up. */
const VOLUMES: Readonly<Record<string, Product | undefined>> = {
  gp2: 'volume:gp2',
  gp3: 'volume:gp3',
  io1: 'volume:io1',
  io2: 'volume:io2',
  st1: 'volume:st1',
  sc1: 'volume:sc1',
  standard: 'volume:standard',
};

/** What the space of a volume costs; operations and throughput that were bought beside it are more. */
export async function volumeCost(scene: Scene, type: string, gib: number): Promise<CostFacts> {
  const product = VOLUMES[type];
  if (product === undefined) return noPrice(`volumes of the type ${type} are not looked up`);
  const isMore = type === 'gp3' || type === 'io1' || type === 'io2';
  return priced(scene, product, gib, isMore ? 'of its space; bought operations and throughput come on top' : '');
}

/** All of some; not known when one of them is not. */
export function sumOf(costs: readonly CostFacts[], of: string): CostFacts {
  const open = costs.find(({ amount }) => amount === null);
  if (open !== undefined) return open;
  const amount = costs.reduce((sum, cost) => sum + (cost.amount ?? 0), 0);
  return { amount: Math.round(amount * 100) / 100, basis: `estimated: ${of}, by the AWS price list` };
}
