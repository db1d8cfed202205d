import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { listFunctions, type FunctionConfiguration } from '../../providers/aws/reads/compute.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { percentParam } from '../percent-param.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { readMetrics, type MetricWanted } from './metrics.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const functionsParams = z.strictObject({
  ...regionShape,
  metrics: z
    .boolean()
    .default(true)
    .describe('Whether CloudWatch is asked for errors and throttles, which costs $0.00003 for each function and beat.'),
  most: z
    .int()
    .min(1)
    .max(10_000)
    .default(500)
    .describe('Of so many functions in a region metrics are asked; of more, of none.'),
  window: durationParam('5m', '1d').prefault('30m').describe('How far back errors are counted.'),
  errors: percentParam().default(5).describe('Report a function of whose calls more than this failed.'),
  least: z.int().min(1).default(5).describe('Errors, or throttled calls, below this count are not reported.'),
});
type FunctionsParams = z.output<typeof functionsParams>;

const functionFacts = z.object({
  about: z.literal('function'),
  function: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  update: z.string(),
  updateReason: z.string().nullable(),
  calls: z.number().nullable(),
  failed: z.number().nullable(),
  throttled: z.number().nullable(),
});
type FunctionFacts = z.output<typeof functionFacts>;

export const check: Check<AwsReader, FunctionsParams> = {
  id: 'aws/functions',
  title: 'Lambda functions that fail or are throttled',
  keywords: ['lambda', 'function', 'serverless', 'error', 'throttle'],
  description: `Looks at the functions of Lambda, and at their metrics of the last \`window\`.

Reports:
- **errors** more than \`errors\` percent of the calls, and at least \`least\`, failed (high; critical when all did).
- **throttles** at least \`least\` calls were throttled (medium; high when they are more than those that ran).
- **state** it can not run (Failed), or its last update failed (high). Inactive functions only wake up later.

CloudWatch charges for each metric: three for each function and beat, 48 beats a day of 100 functions are about $0.14. What a beat cost stands in its report; \`metrics: false\` leaves them out, and so do more than \`most\` functions, which the report says. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: functionsParams,
  timeoutMs: 120_000,
  read: (reader, params, context) =>
    lookAtAws(reader, params, context, 'regions', (scene) => seeFunctions(scene, params)),
  judge: (seen, params) => {
    const facts = functionFacts.safeParse(seen.facts);
    return facts.success
      ? [
          judgeState(seen, facts.data),
          judgeErrors(seen, facts.data, params),
          judgeThrottles(seen, facts.data, params),
        ].filter((draft) => draft !== null)
      : [];
  },
  summary: tallyWords,
};

const METRICS = ['Invocations', 'Errors', 'Throttles'] as const;

async function seeFunctions(scene: Scene, { metrics, most, window }: FunctionsParams): Promise<readonly Observation[]> {
  const functions = await scene.list(listFunctions, {}, scene.arn('lambda', 'function:*'));
  const isTooMany = functions.length > most;
  if (metrics && isTooMany)
    scene.hide(scene.arn('lambda', 'function:*'), `metrics of ${functions.length} functions in ${scene.place.region}`, {
      code: 'TOO_MANY',
      message: `There are ${functions.length} functions; metrics are asked of at most ${most}, as each costs. Raise "most", or say "metrics: false".`,
    });
  const asked = metrics && !isTooMany ? functions : [];
  const wanted = asked.flatMap(({ FunctionName: name }) =>
    name === undefined ? [] : METRICS.map((metric) => wantedOf(scene, name, metric)),
  );
  const periodSeconds = Math.max(60, Math.round(window / 60_000) * 60);
  const values = await readMetrics(scene, wanted, { periodSeconds, windowMs: periodSeconds * 1_000 });
  const isHidden = (name: string): boolean =>
    asked.length === 0 || !METRICS.some((metric) => values.has(`${name} ${metric}`));
  const sum = (name: string, metric: string): number | null =>
    isHidden(name) ? null : (values.get(`${name} ${metric}`) ?? []).reduce((total, value) => total + value, 0);
  return functions.map((one) => see(scene, one, sum));
}

function wantedOf(scene: Scene, name: string, metric: string): MetricWanted {
  return {
    key: `${name} ${metric}`,
    namespace: 'AWS/Lambda',
    metric,
    dimensions: { FunctionName: name },
    statistic: 'Sum',
    hides: scene.arn('lambda', `function:${name}`),
  };
}

function see(scene: Scene, one: FunctionConfiguration, sum: (name: string, metric: string) => number | null): Seen {
  const {
    FunctionName: name = 'unnamed',
    FunctionArn,
    State,
    StateReason,
    LastUpdateStatus,
    LastUpdateStatusReason,
  } = one;
  const words = (text: string | undefined): string | null =>
    text === undefined ? null : printable(text).slice(0, 500);
  return scene.see(FunctionArn ?? scene.arn('lambda', `function:${name}`), name, {
    about: 'function',
    function: printable(name),
    state: State ?? 'Active',
    reason: words(StateReason),
    update: LastUpdateStatus ?? 'Successful',
    updateReason: words(LastUpdateStatusReason),
    calls: sum(name, 'Invocations'),
    failed: sum(name, 'Errors'),
    throttled: sum(name, 'Throttles'),
  });
}

function judgeState({ resource }: Seen, facts: FunctionFacts): FindingDraft | null {
  const isFailed = facts.state === 'Failed';
  if (!isFailed && facts.update !== 'Failed') return null;
  return {
    discriminator: 'state',
    severity: 'high',
    evidenceClass: isFailed ? 'failed' : 'update-failed',
    title: isFailed
      ? `The function ${facts.function} can not run`
      : `The last update of the function ${facts.function} failed`,
    why: isFailed ? 'Every call of it fails.' : 'What runs is what was there before.',
    next: `See it: ${awsLine(resource, 'lambda', 'get-function', '--function-name', facts.function)}`,
    evidence: evidenceFrom(
      'lambda:ListFunctions',
      ['state', facts.state],
      ['reason', facts.reason],
      ['last update', facts.update],
      ['because', facts.updateReason],
    ),
  };
}

function judgeErrors(
  { resource }: Seen,
  facts: FunctionFacts,
  { errors, least }: FunctionsParams,
): FindingDraft | null {
  const { failed, calls } = facts;
  if (failed === null || calls === null || failed < least) return null;
  const share = (failed / Math.max(calls, failed)) * 100;
  if (share <= errors) return null;
  return {
    discriminator: 'errors',
    severity: share >= 100 ? 'critical' : 'high',
    title: `${failed} of ${Math.max(calls, failed)} calls of the function ${facts.function} failed (${share.toFixed(0)} %)`,
    why: 'Who calls it gets errors, or calls it again.',
    next: `See its log: ${awsLine(resource, 'logs', 'tail', `/aws/lambda/${facts.function}`, '--since', '1h')}`,
    evidence: evidenceFrom('cloudwatch:GetMetricData', ['errors', failed], ['calls', calls]),
  };
}

function judgeThrottles({ resource }: Seen, facts: FunctionFacts, { least }: FunctionsParams): FindingDraft | null {
  const { throttled, calls } = facts;
  if (throttled === null || calls === null || throttled < least) return null;
  return {
    discriminator: 'throttles',
    severity: throttled > calls ? 'high' : 'medium',
    title: `${throttled} calls of the function ${facts.function} were throttled, ${calls} ran`,
    why: 'It has no more room to run at once: its own limit, or that of the account.',
    next: `See the limits: ${awsLine(resource, 'lambda', 'get-account-settings')}`,
    evidence: evidenceFrom('cloudwatch:GetMetricData', ['throttled', throttled], ['calls', calls]),
  };
}
