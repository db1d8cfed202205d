import { expect, test } from 'vitest';
import { monthlyCostOf, priceOf, type Account, type Product } from '../../../src/providers/aws/reader.ts';
import { seen, unknown } from '../../../src/domain/failure.ts';
import { anAwsWorld, REGION, type AwsWorld } from '../../support/aws/aws-world.ts';
import { AwsError } from '../../support/aws/fake-aws.ts';
import { answerPrices, product } from '../../support/aws/price-list.ts';

const signal = new AbortController().signal;

async function accountOf({ reader }: AwsWorld): Promise<Account> {
  const [opened] = await reader.accounts({}, { signal });
  if (opened?.status !== 'open') throw new Error('no account');
  return opened.account;
}

const price = async (world: AwsWorld, wanted: Product) => priceOf(await accountOf(world), REGION, wanted, signal);

test('a price is found by service, region and usage type, whatever stands before that', async () => {
  const world = await anAwsWorld();
  answerPrices(world.aws, [
    product('NAT', 'EUC1-NatGateway-Hours', 'Hrs', '0.0520000000'),
    product('REGIONAL', 'EUC1-RegionalNatGateway-Hours', 'Hrs', '0.07'),
    product('BYTES', 'EUC1-NatGateway-Bytes', 'GB', '0.052'),
  ]);
  expect(await price(world, 'nat-gateway')).toEqual(seen({ usd: 0.052, unit: 'Hrs', sku: 'NAT' }));
  const asked = world.aws.calls.filter(({ operation }) => operation === 'pricing.GetProducts');
  expect(asked).toMatchObject([
    {
      region: 'us-east-1',
      input: {
        ServiceCode: 'AmazonEC2',
        Filters: [
          { Type: 'TERM_MATCH', Field: 'productFamily', Value: 'NAT Gateway' },
          { Type: 'TERM_MATCH', Field: 'regionCode', Value: REGION },
        ],
      },
    },
  ]);
});

test.each(['USE1-', 'EU-', ''])('"%s" before the usage type is a region', async (prefix) => {
  const world = await anAwsWorld();
  answerPrices(world.aws, [product('LB', `${prefix}LoadBalancerUsage`, 'Hrs', '0.0225')]);
  expect(await price(world, 'balancer:application')).toMatchObject({ status: 'seen', value: { usd: 0.0225 } });
});

test.each<[string, string[]]>([
  ['another usage type', [product('TS', 'EUC1-TS-LoadBalancerUsage', 'Hrs', '0.01')]],
  ['one of an outpost', [product('O', 'EUC1-Outposts-LoadBalancerUsage', 'Hrs', '0.01')]],
  ['another region', [product('R', 'USE1-LoadBalancerUsage', 'Hrs', '0.01', { regionCode: 'us-east-1' })]],
  ['a local zone', [product('Z', 'EUC1-LoadBalancerUsage', 'Hrs', '0.01', { locationType: 'AWS Local Zone' })]],
  ['another unit', [product('U', 'EUC1-LoadBalancerUsage', 'LCU-Hrs', '0.01')]],
  ['another currency', [product('C', 'EUC1-LoadBalancerUsage', 'Hrs', '0.01').replace('USD', 'CNY')]],
  ['nought', [product('F', 'EUC1-LoadBalancerUsage', 'Hrs', '0.0000000000')]],
  ['no number', [product('N', 'EUC1-LoadBalancerUsage', 'Hrs', 'free')]],
  ['no JSON', ['<html>']],
  ['nothing', []],
  [
    'two prices',
    [product('A', 'EUC1-LoadBalancerUsage', 'Hrs', '0.02'), product('B', 'EUC1-LoadBalancerUsage', 'Hrs', '0.03')],
  ],
])('%s is no price', async (_, entries) => {
  const world = await anAwsWorld();
  answerPrices(world.aws, entries);
  expect(await price(world, 'balancer:application')).toMatchObject({
    status: 'unknown',
    failure: { code: 'NO_PRICE' },
  });
});

test('what stands on a later page is found', async () => {
  const world = await anAwsWorld();
  world.aws.on('pricing.GetProducts', ({ NextToken }: { NextToken?: string }) =>
    NextToken === undefined
      ? { PriceList: [product('X', 'EUC1-Other', 'Hrs', '1')], NextToken: '2' }
      : { PriceList: [product('S', 'EUC1-EBS:SnapshotUsage', 'GB-Mo', '0.054')] },
  );
  expect(await price(world, 'snapshot')).toMatchObject({ status: 'seen', value: { usd: 0.054, sku: 'S' } });
});

test('who may not ask does not know, and is told the permission', async () => {
  const world = await anAwsWorld();
  world.aws.on('pricing.GetProducts', () => {
    throw new AwsError('AccessDeniedException', 'not authorized', 400);
  });
  const looked = await price(world, 'snapshot');
  expect(looked).toMatchObject({ status: 'unknown', failure: { code: 'ACCESS_DENIED' } });
  expect(monthlyCostOf(looked, 10)).toMatchObject({
    amount: null,
    basis: expect.stringContaining('pricing:GetProducts'),
  });
});

test('an emulator without a price list does not know', async () => {
  const world = await anAwsWorld();
  world.aws.on('pricing.GetProducts', () => {
    throw new AwsError('InternalFailure', 'API for service pricing not yet implemented', 501);
  });
  expect(await price(world, 'snapshot')).toMatchObject({ status: 'unknown' });
});

test('other partitions are not asked', async () => {
  const world = await anAwsWorld();
  const account = await accountOf(world);
  const looked = await priceOf({ ...account, partition: 'aws-cn' }, 'cn-north-1', 'snapshot', signal);
  expect(looked).toMatchObject({ status: 'unknown', failure: { code: 'NO_PRICE' } });
  expect(world.aws.calls.map(({ operation }) => operation)).not.toContain('pricing.GetProducts');
});

test('a month is 730 hours, in whole cents, and less than a cent is not nought', () => {
  expect(monthlyCostOf(seen({ usd: 0.005, unit: 'Hrs', sku: 'IP' }), 1)).toEqual({
    amount: 3.65,
    currency: 'USD',
    per: 'month',
    basis: 'estimated: 1 x 730 h at 0.005 USD per Hrs (AWS price list, IP)',
  });
  expect(monthlyCostOf(seen({ usd: 0.0952, unit: 'GB-Mo', sku: 'V' }), 33).amount).toBe(3.14);
  expect(monthlyCostOf(seen({ usd: 0.03, unit: 'GB-Mo', sku: 'L' }), 0.001).amount).toBe(0.00003);
  expect(monthlyCostOf(unknown('NO_PRICE', 'none'), 5).amount).toBeNull();
});
