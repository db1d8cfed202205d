import { expect, onTestFinished, test } from 'vitest';
import { check } from '../../../src/checks/aws/cost.ts';
import { dayOf } from '../../../src/domain/cost-series.ts';
import { openAwsReader } from '../../../src/providers/aws/open.ts';
import { openMemory } from '../../../src/store/database.ts';
import { paidAnswers } from '../../../src/store/paid-answers.ts';
import { anAwsWorld, type AwsWorld } from '../../support/aws/aws-world.ts';
import { costYear } from '../../support/aws/cost-year.ts';
import { emptyAccount } from '../../support/aws/empty-account.ts';
import { AwsError } from '../../support/aws/fake-aws.ts';
import { hasRecordings, recordings } from '../../support/aws/recorded.ts';
import { look, type Look } from '../../support/look.ts';

const DAY = 86_400_000;

interface Asked {
  readonly TimePeriod: { readonly Start: string; readonly End: string };
  readonly GroupBy?: readonly { readonly Key: string }[];
  readonly NextPageToken?: string;
}

interface Account {
  readonly world: AwsWorld;
  ask(input?: object): Promise<Look>;
  readonly clock: { time: number };
  requests(): number;
}

async function anAccount(budget = 4): Promise<Account> {
  const world = await anAwsWorld();
  await emptyAccount(world.aws);
  const clock = { time: Date.parse('2026-11-20T08:00:00Z') };
  const database = openMemory();
  onTestFinished(() => database.close());
  const paid = paidAnswers(database, { now: () => clock.time }, budget);
  const reader = openAwsReader({ ...world.deps, paid });
  return {
    world,
    clock,
    ask: (input = {}) => look(check, reader, input, { now: clock.time }),
    requests: () => world.aws.calls.filter(({ operation }) => operation === 'costExplorer.GetCostAndUsage').length,
  };
}

const titles = ({ drafts }: Look): readonly string[] => drafts.map(({ severity, title }) => `${severity}: ${title}`);
const hidden = ({ observations }: Look) =>
  observations.flatMap((each) => (each.status === 'unknown' ? [each.failure.code] : []));
const summary = ({ observations }: Look) =>
  check.summary?.(observations.flatMap((each) => (each.status === 'seen' ? [each] : [])));

const daysFrom = ({ TimePeriod: { Start, End } }: Asked): readonly string[] =>
  Array.from({ length: Math.round((Date.parse(End) - Date.parse(Start)) / DAY) }, (_, index) =>
    dayOf(Date.parse(Start) + index * DAY),
  );
const metric = (amount: number | string, unit = 'USD') => ({
  Metrics: { UnblendedCost: { Amount: String(amount), Unit: unit } },
});

test('the last complete day is the day before yesterday; 35 days, the end exclusive; amounts are texts', async () => {
  const { world, ask } = await anAccount();
  world.aws.on('costExplorer.GetCostAndUsage', (asked: Asked) => {
    expect(asked.TimePeriod).toEqual({ Start: '2026-10-15', End: '2026-11-19' });
    return {
      ResultsByTime: daysFrom(asked).map((day) => ({
        TimePeriod: { Start: day, End: day },
        Estimated: true,
        Groups: [
          { Keys: ['AmazonEC2'], ...metric(day === '2026-11-18' ? '210.50' : '100.00') },
          { Keys: ['Refunds'], ...metric('-3.2') },
        ],
      })),
    };
  });
  const seen = await ask();
  expect(titles(seen)).toEqual(['high: AmazonEC2 cost $210.50 on 2026-11-18, $100.00 is usual']);
  expect(summary(seen)).toBe('2026-11-18: $207.30. Requests to Cost Explorer today: 1 of 4, at $0.01 each.');
});

test('each page is a request, the same question is paid for once a day, and beyond the budget it is unknown', async () => {
  const account = await anAccount(3);
  account.world.aws.on('costExplorer.GetCostAndUsage', (asked: Asked) => ({
    ResultsByTime: daysFrom(asked).map((day) => ({
      TimePeriod: { Start: day },
      Groups: [{ Keys: [asked.NextPageToken ?? 'first'], ...metric(10) }],
    })),
    ...(asked.NextPageToken === undefined ? { NextPageToken: 'second' } : {}),
  }));
  expect(hidden(await account.ask())).toEqual([]);
  expect(account.requests()).toBe(2);
  account.clock.time += 6 * 3_600_000;
  expect(hidden(await account.ask())).toEqual([]);
  expect(account.requests()).toBe(2);
  const refused = await account.ask({ by: 'account' });
  expect(hidden(refused)).toEqual(['BUDGET_USED_UP']);
  expect(JSON.stringify(refused.observations)).toContain('cost.requestsPerDay');
  expect(account.requests()).toBe(3);
  account.clock.time += DAY;
  expect(hidden(await account.ask())).toEqual([]);
  expect(account.requests()).toBe(5);
});

test('a request is counted before it is sent: one that fails is paid for, too', async () => {
  const account = await anAccount(1);
  process.env['AWS_MAX_ATTEMPTS'] = '1';
  account.world.aws.on('costExplorer.GetCostAndUsage', () => {
    throw new AwsError('LimitExceededException', 'too much', 400);
  });
  expect(hidden(await account.ask())).toEqual(['THROTTLED']);
  expect(hidden(await account.ask())).toEqual(['BUDGET_USED_UP']);
  expect(account.requests()).toBe(1);
  delete process.env['AWS_MAX_ATTEMPTS'];
});

test.each([
  ['an empty ResultsByTime', { ResultsByTime: [] }, 'NO_COST_DATA'],
  [
    'an amount that is none',
    { ResultsByTime: [{ TimePeriod: { Start: '2026-11-01' }, Groups: [{ Keys: ['a'], ...metric('n/a') }] }] },
    'ANSWER_INVALID',
  ],
  [
    'two currencies',
    {
      ResultsByTime: [
        {
          TimePeriod: { Start: '2026-11-01' },
          Groups: [
            { Keys: ['a'], ...metric(1) },
            { Keys: ['b'], ...metric(1, 'EUR') },
          ],
        },
      ],
    },
    'ANSWER_INVALID',
  ],
  ['a day that is none', { ResultsByTime: [{ TimePeriod: { Start: 'yesterday' }, Groups: [] }] }, 'ANSWER_INVALID'],
])('%s is unknown', async (_, answer, code) => {
  const { world, ask } = await anAccount();
  world.aws.on('costExplorer.GetCostAndUsage', () => answer);
  const seen = await ask();
  expect(hidden(seen)).toEqual([code]);
  expect(seen.drafts).toEqual([]);
});

test('who may not ask is told which right is missing', async () => {
  const { world, ask } = await anAccount();
  world.aws.on('costExplorer.GetCostAndUsage', () => {
    throw new AwsError('AccessDeniedException', 'no', 400);
  });
  const seen = await ask();
  expect(seen.observations.find(({ status }) => status === 'unknown')).toMatchObject({
    resource: 'arn:aws:ce::123456789012:*',
    failure: { code: 'ACCESS_DENIED', message: expect.stringContaining('ce:GetCostAndUsage') as string },
  });
});

test('a budget of AWS Budgets counts when it is of the whole account, a month and that currency', async () => {
  const { world, ask } = await anAccount();
  world.aws.on('costExplorer.GetCostAndUsage', (asked: Asked) => ({
    ResultsByTime: daysFrom(asked).map((day) => ({
      TimePeriod: { Start: day },
      Groups: [{ Keys: ['a'], ...metric(100) }],
    })),
  }));
  const budget = (BudgetName: string, Amount: string, more: object = {}) => ({
    BudgetName,
    BudgetType: 'COST',
    TimeUnit: 'MONTHLY',
    BudgetLimit: { Amount, Unit: 'USD' },
    ...more,
  });
  world.aws.on('budgets.DescribeBudgets', () => ({
    Budgets: [
      budget('all', '2500'),
      budget('team', '1', { CostFilters: { TagKeyValue: ['user:team$x'] } }),
      budget('year', '1', { TimeUnit: 'ANNUALLY' }),
      budget('euro', '1', { BudgetLimit: { Amount: '1', Unit: 'EUR' } }),
    ],
  }));
  expect(titles(await ask())).toEqual(['medium: 2026-11 will come to $3000, its budget is $2500']);
  expect(titles(await ask({ budget: 1_700 }))).toEqual(['high: 2026-11 has cost $1800, more than its budget of $1700']);
  expect(titles(await ask({ budget: 5_000 }))).toEqual([]);
});

test.skipIf(!hasRecordings)('the recorded answer of an emulation, and its refusal in XML, are read', async () => {
  const all = await recordings();
  const answerOf = (name: string) => all.find((each) => each.name === name)?.answer ?? new Error(name);
  const { world, ask } = await anAccount();
  world.aws.on('costExplorer.GetCostAndUsage', () => answerOf('ce-get-cost-and-usage-by-service'));
  expect(hidden(await ask())).toEqual([]);
  const denied = await anAccount();
  denied.world.aws.on('costExplorer.GetCostAndUsage', () => answerOf('auth-ci-ce-denied'));
  expect(hidden(await denied.ask())).toEqual(['HTTP_403']);
});

test(
  'a synthetic quarter, day by day: what was planted is found, and no day makes more than one request',
  { timeout: 60_000 },
  async () => {
    const year = costYear(7);
    const account = await anAccount();
    account.world.aws.on('costExplorer.GetCostAndUsage', (asked: Asked) => ({
      ResultsByTime: daysFrom(asked).map((day) => ({
        TimePeriod: { Start: day },
        Groups: [...year.on(day)].map(([key, amount]) => ({ Keys: [key], ...metric(amount) })),
      })),
    }));
    const found = new Set<string>();
    for (const day of year.days.slice(40, 130)) {
      account.clock.time = Date.parse(`${day}T08:00:00Z`) + 2 * DAY;
      const before = account.requests();
      const { observations } = await account.ask();
      await account.ask();
      expect(account.requests() - before).toBe(1);
      for (const each of observations)
        if (each.status === 'seen' && each.facts['about'] === 'cost') found.add(`${each.name} ${day}`);
    }
    const planted = year.planted.filter(({ day }) => year.days.slice(40, 130).includes(day));
    expect(planted.length).toBeGreaterThan(2);
    expect(planted.filter(({ key, day }) => !found.has(`${key} ${day}`))).toEqual([]);
  },
);
