import { REGION } from './aws-world.ts';
import type { FakeAws } from './fake-aws.ts';

/** A product of the price list with its one term on demand, in the shape of AWS's price list files. */
export function product(sku: string, usagetype: string, unit: string, USD: string, more: object = {}): string {
  return JSON.stringify({
    product: {
      productFamily: 'Any',
      attributes: { regionCode: REGION, locationType: 'AWS Region', usagetype, ...more },
      sku,
    },
    serviceCode: 'Any',
    terms: {
      OnDemand: {
        [`${sku}.JRTCKXETXF`]: {
          priceDimensions: {
            [`${sku}.JRTCKXETXF.6YS6EN2CT7`]: { unit, beginRange: '0', endRange: 'Inf', pricePerUnit: { USD } },
          },
          sku,
          effectiveDate: '2026-11-01T00:00:00Z',
          offerTermCode: 'JRTCKXETXF',
        },
      },
    },
    version: '20261101000000',
    publicationDate: '2026-11-01T00:00:00Z',
  });
}

export function answerPrices(aws: FakeAws, PriceList: readonly string[]): void {
  aws.on('pricing.GetProducts', () => ({ PriceList }));
}

/** Prices of eu-central-1 that tests reckon with. */
export const PRICES = [
  product('GP2', 'EUC1-EBS:VolumeUsage.gp2', 'GB-Mo', '0.119'),
  product('GP3', 'EUC1-EBS:VolumeUsage.gp3', 'GB-Mo', '0.0952'),
  product('SNAP', 'EUC1-EBS:SnapshotUsage', 'GB-Mo', '0.054'),
  product('IDLE', 'EUC1-PublicIPv4:IdleAddress', 'Hrs', '0.005'),
  product('USED', 'EUC1-PublicIPv4:InUseAddress', 'Hrs', '0.005'),
  product('NAT', 'EUC1-NatGateway-Hours', 'Hrs', '0.052'),
  product('LB', 'EUC1-LoadBalancerUsage', 'Hrs', '0.027'),
  product('LOG', 'EUC1-TimedStorage-ByteHrs', 'GB-Mo', '0.0324'),
];
