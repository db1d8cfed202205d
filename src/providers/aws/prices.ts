import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { unknownCost, type MonthlyCost } from '../../domain/money.ts';
import { printable } from '../../domain/printable.ts';
import type { Account } from './reader.ts';
import { getProducts } from './reads/money.ts';

/** What one unit of a product costs in a region, by AWS's public price list: without discounts, credits and taxes. */
export interface Price {
  readonly usd: number;
  /** As AWS writes it: `GB-Mo`, `Hrs`. */
  readonly unit: Unit;
  /** What AWS calls the product. */
  readonly sku: string;
}

type Unit = 'GB-Mo' | 'Hrs';

/** How a product is found in the price list. */
interface Entry {
  readonly service: string;
  /** Attributes that the price list is asked for. */
  readonly filters: Readonly<Record<string, string>>;
  /** The usage type without the letters of the region before it: `EUC1-NatGateway-Hours`. */
  readonly usage: string;
  readonly unit: Unit;
}

/** The products that Holdfast knows the place of: by AWS's price list files (AmazonEC2, AmazonVPC, AWSELB, AmazonCloudWatch). */
const PRODUCTS = {
  'volume:gp2': volume('gp2', 'EBS:VolumeUsage.gp2'),
  'volume:gp3': volume('gp3', 'EBS:VolumeUsage.gp3'),
  'volume:io1': volume('io1', 'EBS:VolumeUsage.piops'),
  'volume:io2': volume('io2', 'EBS:VolumeUsage.io2'),
  'volume:st1': volume('st1', 'EBS:VolumeUsage.st1'),
  'volume:sc1': volume('sc1', 'EBS:VolumeUsage.sc1'),
  'volume:standard': volume('standard', 'EBS:VolumeUsage'),
  snapshot: {
    service: 'AmazonEC2',
    filters: { productFamily: 'Storage Snapshot' },
    usage: 'EBS:SnapshotUsage',
    unit: 'GB-Mo',
  },
  'address:idle': {
    service: 'AmazonVPC',
    filters: { group: 'VPCPublicIPv4Address' },
    usage: 'PublicIPv4:IdleAddress',
    unit: 'Hrs',
  },
  'nat-gateway': {
    service: 'AmazonEC2',
    filters: { productFamily: 'NAT Gateway' },
    usage: 'NatGateway-Hours',
    unit: 'Hrs',
  },
  'balancer:application': balancer('Load Balancer-Application'),
  'balancer:network': balancer('Load Balancer-Network'),
  'balancer:gateway': balancer('Load Balancer-Gateway'),
  'balancer:classic': balancer('Load Balancer'),
  'logs:stored': { service: 'AmazonCloudWatch', filters: {}, usage: 'TimedStorage-ByteHrs', unit: 'GB-Mo' },
} as const satisfies Readonly<Record<string, Entry>>;

export type Product = keyof typeof PRODUCTS;

/**
 * The price of a product in a region of the account, or why it is not known: who may not ask (pricing:GetProducts), what
 * is not in the list, what has several prices. Never nought, and never guessed. Asked once in a run, and for nothing.
 */
export async function priceOf(
  account: Pick<Account, 'partition' | 'in'>,
  region: string,
  product: Product,
  signal: AbortSignal,
): Promise<Looked<Price>> {
  // The list is kept for the partition `aws`, in three of its regions; with the credentials of another nobody can ask.
  if (account.partition !== 'aws')
    return unknown('NO_PRICE', `The price list is asked in the partition aws, not in ${printable(account.partition)}.`);
  const { service, filters, usage, unit }: Entry = PRODUCTS[product];
  const fields = { ...filters, regionCode: region };
  const { items, failure } = await account.in(LIST_REGION).list(
    getProducts,
    {
      ServiceCode: service,
      Filters: Object.entries(fields).map(([Field, Value]) => ({ Type: 'TERM_MATCH' as const, Field, Value })),
    },
    signal,
  );
  if (failure !== null) return { status: 'unknown', failure };
  const prices = items.flatMap((text) => pricesIn(text, region, usage, unit));
  const [first] = prices;
  if (first === undefined)
    return unknown('NO_PRICE', `The price list names none for ${usage} (${unit}) in ${printable(region)}.`);
  if (prices.some(({ usd }) => usd !== first.usd))
    return unknown('NO_PRICE', `The price list names several for ${usage} (${unit}) in ${printable(region)}.`);
  return seen(first);
}

/** Hours in a month as AWS's own calculator counts them. */
const HOURS_PER_MONTH = 730;

/** What `quantity` (GB, or things that are paid by the hour) cost a month; not known where the price is not. */
export function monthlyCostOf(looked: Looked<Price>, quantity: number, note = ''): MonthlyCost {
  if (looked.status === 'unknown') return unknownCost(`no price: ${looked.failure.message}`);
  const { usd, unit, sku } = looked.value;
  const amount = usd * quantity * (unit === 'Hrs' ? HOURS_PER_MONTH : 1);
  const words = unit === 'Hrs' ? `${quantity} x ${HOURS_PER_MONTH} h` : `${Math.round(quantity * 100) / 100} GB`;
  return {
    // Whole cents; what is less than one is not nought.
    amount: amount < 0.01 ? Number(amount.toPrecision(2)) : Math.round(amount * 100) / 100,
    currency: 'USD',
    per: 'month',
    basis: `estimated: ${words} at ${usd} USD per ${unit} (AWS price list, ${printable(sku)})${note === '' ? '' : `; ${note}`}`,
  };
}

/** One of the regions in which the list is asked. */
const LIST_REGION = 'us-east-1';

function volume(type: string, usage: string): Entry {
  return { service: 'AmazonEC2', filters: { productFamily: 'Storage', volumeApiName: type }, usage, unit: 'GB-Mo' };
}

function balancer(productFamily: string): Entry {
  return { service: 'AWSELB', filters: { productFamily }, usage: 'LoadBalancerUsage', unit: 'Hrs' };
}

/** On demand, in US dollars, for this usage in this region; what is free of charge is no price. */
function pricesIn(text: string, region: string, usage: string, unit: Unit): readonly Price[] {
  const entry = parsed(text);
  const product = at(entry, 'product');
  const attributes = at(product, 'attributes');
  const sku = at(product, 'sku');
  if (typeof sku !== 'string' || at(attributes, 'regionCode') !== region) return [];
  // Local Zones, Outposts and Wavelength stand in the same list, at other prices.
  const place = at(attributes, 'locationType');
  if (place !== undefined && place !== 'AWS Region') return [];
  if (plainUsage(at(attributes, 'usagetype')) !== usage) return [];
  return valuesOf(at(at(entry, 'terms'), 'OnDemand'))
    .flatMap((term) => valuesOf(at(term, 'priceDimensions')))
    .filter((dimension) => at(dimension, 'unit') === unit)
    .flatMap((dimension) => {
      const usd = Number(at(at(dimension, 'pricePerUnit'), 'USD') ?? Number.NaN);
      return Number.isFinite(usd) && usd > 0 ? [{ usd, unit, sku }] : [];
    });
}

/** `EUC1-NatGateway-Hours`, `EU-NatGateway-Hours` and `NatGateway-Hours` are the same; `TS-LoadBalancerUsage` is another. */
function plainUsage(usage: unknown): string | null {
  return typeof usage === 'string' ? usage.replace(/^(?:EU|[A-Z]{3}\d)-/, '') : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no product: what is not in the list is told as such
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function valuesOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
