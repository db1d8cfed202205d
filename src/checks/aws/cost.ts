import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { costAnomalies, type CostAnomaly } from '../../domain/cost-anomaly.ts';
import { forecast } from '../../domain/cost-forecast.ts';
import { totals, type CostSeries } from '../../domain/cost-series.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { MonthlyCost } from '../../domain/money.ts';
import { printable } from '../../domain/printable.ts';
import { SEVERITIES, type Severity } from '../../domain/severity.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { describeBudgets, type Budget } from '../../providers/aws/reads/money.ts';
import { costsOf, type CostsBy } from '../../providers/aws/surveys/costs.ts';
import { evidenceFrom } from '../evidence.ts';
import { accountShape } from './account-params.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const costParams = z.strictObject({
  ...accountShape,
  by: z
    .union([z.enum(['service', 'account']), z.templateLiteral(['tag:', z.string().min(1)])])
    .default('service')
    .describe(
      'What costs are told apart by: `service`, `account` (of an organisation), or a tag as `tag:team`. Each way is a question of its own, and costs a request.',
    ),
  budget: z
    .number()
    .positive()
    .optional()
    .describe(
      "What a month may cost, in the bill's currency; by default what AWS Budgets says of the account as a whole.",
    ),
  budgets: z
    .boolean()
    .default(true)
    .describe('Whether AWS Budgets is asked where no `budget` is said; it costs nothing.'),
  least: z.number().min(0).default(5).describe('An excess of less than this a day is none.'),
  share: z.number().min(0).max(10).default(0.2).describe('Nor is one of less than this share of what is usual.'),
  newFrom: z
    .number()
    .min(0)
    .default(1)
    .describe('Something that was not there before is told from this amount a day on.'),
});
type CostParams = z.output<typeof costParams>;

const anomalyFacts = z.object({
  about: z.literal('cost'),
  key: z.string(),
  by: z.string(),
  kind: z.enum(['spike', 'level-shift', 'new']),
  day: z.string(),
  amount: z.number(),
  expected: z.number(),
  limit: z.number(),
  impact: z.number(),
  lasting: z.number(),
  currency: z.string(),
});
type AnomalyFacts = z.output<typeof anomalyFacts>;

const budgetFacts = z.object({
  about: z.literal('budget'),
  budget: z.number(),
  from: z.string(),
  month: z.string(),
  soFar: z.number(),
  expected: z.number(),
  daysLeft: z.number(),
  currency: z.string(),
});

const lookFacts = z.object({
  about: z.literal('costs'),
  last: z.string(),
  total: z.number().nullable(),
  currency: z.string(),
  requests: z.number(),
  most: z.number(),
});

export const check: Check<AwsReader, CostParams> = {
  id: 'aws/cost',
  title: 'What the account pays: jumps, new things, budget',
  keywords: ['cost', 'spend', 'bill', 'budget', 'money', 'expensive', 'anomaly', 'price'],
  description: `Asks Cost Explorer once a day what was paid on each of the last 35 complete days (yesterday is not complete), unblended, without credits, refunds, taxes, support and upfront payments, and judges the last of them.

Reports, for each service (or account, or value of a tag: \`by\`):
- **cost** it cost more than the median of the same weekday plus 3.5 robust deviations (1.4826 MAD, of that weekday or of all days, whichever is more), and at least \`least\` dollars and a \`share\` above that median; with fewer than three such weekdays, the last fortnight counts. On three days in a row it is a new level, else a jump. High from half as much again, else medium; one lower for less than $10 a day, one higher from $500 in all.
- **new** something that was not there for a fortnight and costs at least \`newFrom\` dollars (low; medium from $10, high from $50 a day), for a week.
- **budget** the month will come to more than its budget (medium), or already did (high).

What is paid on the same day of every month is compared with that day. Less than before is no finding.

Each request costs $0.01. The answer is kept, so that asking again on the same day costs nothing; \`cost.requestsPerDay\` of the configuration (4) is a hard limit, beyond which it is unknown. How many were made stands in the report. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers, and over a synthetic year (bench/cost.ts); not against a live account.`,
  standalone: true,
  nightly: true,
  params: costParams,
  timeoutMs: 120_000,
  read: (reader, params, context) =>
    lookAtAws(reader, params, context, 'account', (scene) => seeCosts(scene, reader, params)),
  judge: (seen) => {
    const anomaly = anomalyFacts.safeParse(seen.facts);
    if (anomaly.success) return [judgeAnomaly(anomaly.data)];
    const budget = budgetFacts.safeParse(seen.facts);
    return budget.success ? judgeBudget(budget.data) : [];
  },
  summary: (seen) => {
    const looks = seen.flatMap(({ facts }) => lookFacts.safeParse(facts).data ?? []);
    const words = looks.map(
      ({ last, total, currency, requests, most }) =>
        `${last}: ${total === null ? 'the total is not known' : money(total, currency)}. Requests to Cost Explorer today: ${requests} of ${most}, at $0.01 each.`,
    );
    return [tallyWords(seen), ...words].filter((each) => each !== null).join(' ') || null;
  },
};

async function seeCosts(scene: Scene, reader: AwsReader, params: CostParams): Promise<readonly Observation[]> {
  const { account, now, signal } = scene;
  const by: CostsBy = params.by;
  const looked = await costsOf(account, by, now, signal);
  if (looked.status === 'unknown') {
    scene.hide(scene.globalArn('ce', '*'), `costs of the account ${account.id}`, looked.failure);
    return [];
  }
  const series = looked.value;
  const found = costAnomalies(series, params).map((anomaly) => seeAnomaly(scene, by, anomaly, series.currency));
  return [seeLook(scene, reader, series), ...found, ...(await seeBudgets(scene, params, series))];
}

function seeLook(scene: Scene, reader: AwsReader, series: CostSeries): Seen {
  const paid = reader.paidToday(scene.account);
  return scene.see(scene.globalArn('ce', 'costs'), `costs of the account ${scene.account.id}`, {
    about: 'costs',
    last: series.days.at(-1) ?? '',
    total: totals(series).at(-1) ?? null,
    currency: series.currency,
    requests: paid?.requests ?? 0,
    most: paid?.budget ?? 0,
  });
}

function seeAnomaly(scene: Scene, by: CostsBy, anomaly: CostAnomaly, currency: string): Seen {
  const key = printable(anomaly.key);
  // Of the key, what stands for a pattern in an id is escaped.
  const arn = scene.globalArn('ce', `${by.replace(':', '/')}/${key.replaceAll('*', '%2A')}`);
  return scene.see(arn, key, { ...anomaly, about: 'cost', key, by, currency });
}

async function seeBudgets(scene: Scene, params: CostParams, series: CostSeries): Promise<readonly Seen[]> {
  const coming = forecast(series);
  if (coming === null) return [];
  const limits =
    params.budget === undefined
      ? await limitsOf(scene, params.budgets, series.currency)
      : [{ name: 'the runbook', limit: params.budget }];
  return limits.map(({ name, limit }) => {
    const facts: JsonObject = {
      about: 'budget',
      budget: limit,
      from: printable(name),
      currency: series.currency,
      ...coming,
    };
    return scene.see(scene.globalArn('budgets', `budget/${printable(name).replaceAll('*', '%2A')}`), name, facts);
  });
}

interface Limit {
  readonly name: string;
  readonly limit: number;
}

/** Monthly cost budgets of the account as a whole, in the currency of its costs. */
async function limitsOf(scene: Scene, wanted: boolean, currency: string): Promise<readonly Limit[]> {
  if (!wanted) return [];
  const budgets = await scene.list(describeBudgets, { AccountId: scene.account.id });
  return budgets.flatMap((budget) => limitIn(budget, currency));
}

function limitIn(budget: Budget, currency: string): readonly Limit[] {
  const { BudgetName, BudgetType, TimeUnit, BudgetLimit, CostFilters, FilterExpression } = budget;
  const isWhole = Object.keys(CostFilters ?? {}).length === 0 && FilterExpression === undefined;
  const limit = Number(BudgetLimit?.Amount);
  if (BudgetType !== 'COST' || TimeUnit !== 'MONTHLY' || !isWhole || BudgetLimit?.Unit !== currency) return [];
  return Number.isFinite(limit) && limit > 0 ? [{ name: BudgetName ?? 'unnamed', limit }] : [];
}

const DAYS_A_MONTH = 365.25 / 12;

function judgeAnomaly(facts: AnomalyFacts): FindingDraft {
  const { key, kind, day, amount, expected, impact, lasting, currency } = facts;
  const excess = amount - expected;
  const usual = money(expected, currency);
  const words = {
    spike: `${key} cost ${money(amount, currency)} on ${day}, ${usual} is usual`,
    'level-shift': `${key} costs ${money(amount, currency)} a day for ${lasting} days, ${usual} was usual`,
    new: `${key} is new: ${money(amount, currency)} on ${day}`,
  }[kind];
  return {
    discriminator: kind === 'new' ? 'new' : 'cost',
    severity: severityOf(facts),
    evidenceClass: kind,
    title: words,
    why:
      kind === 'spike'
        ? `It is ${money(impact, currency)} beyond what that weekday costs as a rule.`
        : `It comes to ${money(excess * DAYS_A_MONTH, currency)} a month more when it stays so.`,
    next: `See what it is made of in the Cost Explorer: by usage type and region, for the days before ${day}. holdfast cost shows it beside the rest.`,
    evidence: evidenceFrom(
      'ce:GetCostAndUsage',
      ['day', day],
      ['amount', round(amount)],
      ['usual', round(expected)],
      ['out of the ordinary from', round(facts.limit)],
      ['days in a row', lasting],
      ['beyond what is usual', round(impact)],
      ['currency', currency],
    ),
    monthlyCost: monthlyOf(kind, excess, currency),
  };
}

function severityOf({ kind, amount, expected, impact }: AnomalyFacts): Severity {
  const excess = amount - expected;
  if (kind === 'new') return excess >= 50 ? 'high' : excess >= 10 ? 'medium' : 'low';
  const isHalf = excess >= 0.5 * Math.abs(expected);
  const steps = (excess < 10 ? 1 : 0) - (impact >= 500 ? 1 : 0);
  const base = SEVERITIES.indexOf(isHalf ? 'high' : 'medium');
  return SEVERITIES[base + steps] ?? 'medium';
}

function monthlyOf(kind: AnomalyFacts['kind'], excess: number, currency: string): MonthlyCost {
  return kind === 'spike'
    ? { amount: null, currency, per: 'month', basis: 'a jump of one or two days: whether it lasts is not known' }
    : {
        amount: round(excess * DAYS_A_MONTH),
        currency,
        per: 'month',
        basis: 'billed: the excess of the last complete day, for a month',
      };
}

function judgeBudget(facts: z.output<typeof budgetFacts>): readonly FindingDraft[] {
  const { budget, from, month, soFar, expected, daysLeft, currency } = facts;
  if (expected <= budget) return [];
  const isOver = soFar > budget;
  return [
    {
      discriminator: `budget:${month}`,
      severity: isOver ? 'high' : 'medium',
      evidenceClass: isOver ? 'over' : 'coming',
      title: isOver
        ? `${month} has cost ${money(soFar, currency)}, more than its budget of ${money(budget, currency)}`
        : `${month} will come to ${money(expected, currency)}, its budget is ${money(budget, currency)}`,
      why: isOver ? 'And the month is not over.' : 'By what each weekday costs as a rule.',
      next: 'See what grew: holdfast cost --days 28',
      evidence: evidenceFrom(
        'ce:GetCostAndUsage',
        ['budget', budget],
        ['said by', from],
        ['so far', round(soFar)],
        ['expected', round(expected)],
        ['days left', daysLeft],
        ['currency', currency],
      ),
    },
  ];
}

function money(amount: number, currency: string): string {
  const digits = Math.abs(amount) >= 1_000 ? 0 : 2;
  const text = Math.abs(amount).toFixed(digits);
  const sign = amount < 0 && Number(text) !== 0 ? '-' : '';
  return currency === 'USD' ? `${sign}$${text}` : `${sign}${text} ${currency}`;
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100;
}
