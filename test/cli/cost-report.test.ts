import { createServer } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { costQuestionIn } from '../../src/app/ask/cost-question.ts';
import { dayAfter, dayOf } from '../../src/domain/cost-series.ts';
import { awsEnv } from '../support/aws/aws-world.ts';
import { AwsError, startAws } from '../support/aws/fake-aws.ts';
import { aHome } from '../support/cli.ts';
import { tempFolder } from '../support/temp.ts';

interface Asked {
  readonly TimePeriod: { readonly Start: string; readonly End: string };
}

const metric = (Amount: number) => ({ Metrics: { UnblendedCost: { Amount: String(Amount), Unit: 'USD' } } });

/** EC2 doubled on the last complete day; S3 costs the same; something is given back. */
async function anAccount() {
  const aws = await startAws();
  onTestFinished(() => aws.close());
  aws.on('costExplorer.GetCostAndUsage', ({ TimePeriod: { Start, End } }: Asked) => {
    const days: string[] = [];
    for (let day = Start; day < End; day = dayAfter(day, 1)) days.push(day);
    return {
      ResultsByTime: days.map((day, index) => ({
        TimePeriod: { Start: day, End: dayAfter(day, 1) },
        Groups: [
          { Keys: ['Amazon Elastic Compute Cloud - Compute'], ...metric(index === days.length - 1 ? 240 : 100) },
          { Keys: ['Amazon Simple Storage Service'], ...metric(20) },
          { Keys: ['Given back'], ...metric(-5) },
        ],
      })),
    };
  });
  const folder = tempFolder();
  mkdirSync(join(folder, '.aws'));
  return {
    aws,
    home: aHome(awsEnv(aws.url, folder)),
    requests: () => aws.calls.filter(({ operation }) => operation.startsWith('costExplorer')).length,
  };
}

test(
  'holdfast cost draws the days, says what they went to and what stands out, and pays once',
  { timeout: 60_000 },
  async () => {
    const { home, requests } = await anAccount();
    const { code, stdout, stderr } = await home.holdfast('cost', '--days', '7');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('$945.00 from ');
    expect(stdout).toMatch(/█+\S* \$255\.00/);
    expect(stdout).toContain('Amazon Elastic Compute Cloud - Compute  $840.00  +$140.00');
    expect(stdout).toMatch(/Given back +-\$35\.00/);
    expect(stdout).toMatch(/Compute cost \$240\.00 on \d{4}-\d\d-\d\d; \$100\.00 is usual/);
    expect(stdout).toContain('Requests to Cost Explorer today: 1 of 4 ($0.01)');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    const document = await home.json('cost', '--days', '7');
    expect(document).toMatchObject({
      schema: 'holdfast/cost/v1',
      total: 945,
      before: 805,
      requests: { today: 1, most: 4 },
    });
    expect((await home.holdfast('cost', '--output', 'markdown')).stdout).toContain(
      '| Amazon Simple Storage Service | $280.00 |',
    );
    expect(requests()).toBe(1);
  },
);

test(
  'ask answers what grew, how much it was and what stands out, without a model and without paying again',
  { timeout: 60_000 },
  async () => {
    const { home, requests } = await anAccount();
    const grown = await home.json('ask', 'show me top 10 cost increases this week');
    expect(grown).toMatchObject({
      healthy: null,
      rows: [
        {
          name: 'Amazon Elastic Compute Cloud - Compute',
          region: null,
          facts: { amount: 840, before: 700, increase: 140 },
        },
      ],
    });
    const anomalies = await home.json('ask', 'any cost anomalies since last check?');
    expect(anomalies).toMatchObject({ healthy: false });
    expect(JSON.stringify(anomalies)).toContain('240.00 USD, 100.00 USD is usual');
    expect(await home.json('ask', 'how much did we spend on S3 last week?')).toMatchObject({
      answer: expect.stringMatching(/^s3: 140\.00 USD from /) as string,
    });
    const items = await home.holdfast('ask', 'what are our most expensive services?', '--items');
    expect(JSON.parse(items.stdout)).toHaveLength(3);
    expect(requests()).toBe(1);
  },
);

test('who may not ask is told so, and nothing is called healthy', { timeout: 60_000 }, async () => {
  const { aws, home } = await anAccount();
  aws.on('costExplorer.GetCostAndUsage', () => {
    throw new AwsError('AccessDeniedException', 'no', 400);
  });
  const { code, stderr } = await home.holdfast('cost');
  expect(code).toBe(2);
  expect(stderr).toContain('COST_UNKNOWN');
  expect(stderr).toContain('ce:GetCostAndUsage');
  const answer = await home.json('ask', 'any cost anomalies this week?');
  expect(answer).toMatchObject({ healthy: null, answer: expect.stringContaining('ce:GetCostAndUsage') as string });
});

test('a FOCUS file is read; a line that can not be understood is named', { timeout: 60_000 }, async () => {
  const home = aHome();
  const line = (day: string, cost: string, service: string, category = 'Usage'): string =>
    `${day}T00:00:00Z,${cost},${service},${category},USD,"{""team"": ""shop""}"`;
  const head = 'ChargePeriodStart,BilledCost,ServiceName,ChargeCategory,BillingCurrency,Tags';
  const days = Array.from({ length: 30 }, (_, index) => dayAfter('2026-10-01', index));
  const file = join(home.folder, 'focus.csv');
  writeFileSync(
    file,
    [
      head,
      ...days.map((day) => line(day, '10.5', '"Virtual Machines, all"')),
      line('2026-10-30', '99', 'x', 'Tax'),
    ].join('\n'),
  );
  expect(await home.json('cost', '--from', file, '--days', '7')).toMatchObject({
    until: '2026-10-30',
    total: 73.5,
    requests: null,
    rows: [{ name: 'Virtual Machines, all' }],
  });
  expect(await home.json('cost', '--from', file, '--by', 'tag:team')).toMatchObject({ rows: [{ name: 'shop' }] });
  writeFileSync(file, [head, line('2026-10-01', '1', 'a'), line('2026-10-02', 'twelve', 'a')].join('\n'));
  const broken = await home.holdfast('cost', '--from', file);
  expect(broken.code).toBe(2);
  expect(broken.stderr).toContain('focus.csv:3: "twelve" is no amount');
  expect((await home.holdfast('cost', '--from', join(home.folder, 'none.csv'))).stderr).toContain('ENOENT');
});

test('OpenCost is asked day by day, by namespace', { timeout: 60_000 }, async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const yesterday = dayAfter(dayOf(Date.now()), -1);
    const data = Array.from({ length: 35 }, (_, index) => {
      const day = dayAfter(yesterday, index - 34);
      return { shop: { name: 'shop', window: { start: `${day}T00:00:00Z`, end: `${day}T24:00:00Z` }, totalCost: 3 } };
    });
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ code: 200, data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const home = aHome();
  mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  writeFileSync(
    join(home.folder, 'config/holdfast/config.yaml'),
    `prices: { currency: EUR, opencost: "http://127.0.0.1:${port}" }\n`,
  );
  expect(await home.json('cost', '--from', 'opencost', '--days', '7')).toMatchObject({
    by: 'namespace',
    currency: 'EUR',
    total: 21,
    rows: [{ name: 'shop', amount: 21, before: 21, increase: 0 }],
  });
  expect(asked[0]).toMatch(/^\/allocation\/compute\?window=.*step=1d/);
  expect((await aHome().holdfast('cost', '--from', 'opencost')).stderr).toContain('names no OpenCost');
});

test.each([
  [['--days', '0'], '--days 0'],
  [['--days', '36'], '--days 36'],
  [['--by', 'nonsense'], '--by nonsense'],
])('%j is a mistake', async (args, said) => {
  const { code, stderr } = await aHome().holdfast('cost', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(said);
});

test.each<readonly [string, unknown]>([
  ['show me top 10 cost increases this week', { about: 'increases', days: 7, count: 10, by: 'service', of: null }],
  ['what did we spend the last 14 days?', { about: 'total', days: 14, count: 10, by: 'service', of: null }],
  ['top 3 most expensive accounts this month', { about: 'most', days: 30, count: 3, by: 'account', of: null }],
  ['how much did we spend on EC2 last week?', { about: 'total', days: 7, count: 10, by: 'service', of: 'ec2' }],
  ['any cost anomalies since yesterday?', { about: 'anomalies', days: 1, count: 10, by: 'service', of: null }],
  ['how much did we spend on Redshift?', { about: 'total', days: 7, count: 10, by: 'service', of: 'redshift' }],
  ['any RDS cost anomalies?', { about: 'anomalies', days: 7, count: 10, by: 'service', of: 'rds' }],
  ['any cost anomalies since last check?', { about: 'anomalies', days: 7, count: 10, by: 'service', of: null }],
  ['what did our infrastructure cost last month', { about: 'total', days: 30, count: 10, by: 'service', of: null }],
  ['cost by tag CostCenter this month', { about: 'most', days: 30, count: 10, by: 'tag:CostCenter', of: null }],
  [
    'what grew most in our bill, per the tag "team"?',
    { about: 'increases', days: 7, count: 10, by: 'tag:team', of: null },
  ],
  ['list resources with no tags and what they cost', null],
  ['what would 2 more checkout-api pods cost?', null],
  ['are all production pods healthy?', null],
  ['list unused volumes and what they cost', null],
  ['is the spending check healthy?', null],
])('%s', (text, expected) => {
  const question = costQuestionIn(text);
  expect(question && { ...question, of: question.of?.name ?? null }).toEqual(expected);
});

test.each([
  ['ec2', 'EC2 - Other', true],
  ['ec2', 'Amazon Elastic Compute Cloud - Compute', true],
  ['ecs', 'Amazon Elastic Container Service', true],
  ['ecs', 'Amazon Elastic Container Service for Kubernetes', false],
  ['eks', 'Amazon Elastic Container Service for Kubernetes', true],
  ['Redshift', 'Amazon Redshift', true],
  ['Redshift', 'Amazon Simple Storage Service', false],
])('a question about %s is about the line %s: %s', (name, line, expected) => {
  expect(costQuestionIn(`how much did we spend on ${name}?`)?.of?.isLine(line)).toBe(expected);
});

test('a service that the bill does not know is not answered with the whole bill', { timeout: 60_000 }, async () => {
  const { home } = await anAccount();
  expect(await home.json('ask', '--no-model', 'how much did we spend on Redshift last week?')).toMatchObject({
    answer: 'Not known: no line of the bill is called anything like redshift.',
    rows: [],
    healthy: null,
  });
  expect(await home.json('ask', '--no-model', 'any S3 cost anomalies?')).toMatchObject({ healthy: true, rows: [] });
  expect(await home.json('ask', '--no-model', 'any EC2 cost anomalies?')).toMatchObject({ healthy: false });
  expect(await home.json('ask', '--no-model', 'how much did we spend on S3 last week?')).toMatchObject({
    answer: expect.stringContaining('s3: 140.00 USD from'),
  });
});
