import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { getHealthCheckStatus, listHealthChecks, type HealthCheck } from '../../providers/aws/reads/network.ts';
import { evidenceFrom } from '../evidence.ts';
import { accountShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const healthChecksParams = z.strictObject({ ...accountShape });
type HealthChecksParams = z.output<typeof healthChecksParams>;

const healthFacts = z.object({
  about: z.literal('health-check'),
  check: z.string(),
  target: z.string(),
  inverted: z.boolean(),
  well: z.number(),
  all: z.number(),
  words: z.string().nullable(),
});
type HealthFacts = z.output<typeof healthFacts>;

export const check: Check<AwsReader, HealthChecksParams> = {
  id: 'aws/health-checks',
  title: 'Health checks of Route 53 that fail',
  keywords: ['route53', 'health', 'endpoint', 'dns', 'failover'],
  description: `Looks at what the checkers of Route 53 last saw of each endpoint.

Reports:
- **health** fewer than 18 percent of the checkers reach it, which is when Route 53 calls it unhealthy (critical); fewer than half of them (medium). An inverted check is read the other way round.

Checks that are disabled, and those that are calculated or follow an alarm or a routing control, have no checkers and are left out: see aws/alarms. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: healthChecksParams,
  timeoutMs: 60_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'account', seeChecks),
  judge: (seen) => {
    const facts = healthFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data) : [];
  },
  summary: tallyWords,
};

const WITHOUT_CHECKERS: ReadonlySet<string> = new Set(['CALCULATED', 'CLOUDWATCH_METRIC', 'RECOVERY_CONTROL']);

async function seeChecks(scene: Scene): Promise<readonly Observation[]> {
  const checks = await scene.list(listHealthChecks, {});
  const able = checks.filter(
    ({ HealthCheckConfig: config }) => config?.Disabled !== true && !WITHOUT_CHECKERS.has(config?.Type ?? 'CALCULATED'),
  );
  return (await Promise.all(able.map((one) => seeOne(scene, one)))).filter((seen) => seen !== null);
}

async function seeOne(scene: Scene, { Id: id, HealthCheckConfig: config }: HealthCheck): Promise<Seen | null> {
  if (id === undefined) return null;
  const arn = `arn:${scene.account.partition}:route53:::healthcheck/${id}`;
  const answer = await scene.ask(getHealthCheckStatus, { HealthCheckId: id }, arn);
  const reports = (answer?.HealthCheckObservations ?? []).flatMap(({ StatusReport }) => StatusReport?.Status ?? []);
  if (reports.length === 0) return null;
  const target = [config?.FullyQualifiedDomainName ?? config?.IPAddress ?? id, config?.Port, config?.ResourcePath];
  const isWell = (words: string): boolean => /^Success/i.test(words);
  return scene.see(arn, target.filter((part) => part !== undefined).join(' '), {
    about: 'health-check',
    check: printable(id),
    target: printable(target.filter((part) => part !== undefined).join(' ')),
    inverted: config?.Inverted === true,
    well: reports.filter(isWell).length,
    all: reports.length,
    words: printable(reports.find((words) => !isWell(words)) ?? '').slice(0, 300) || null,
  });
}

/** "More than 18 percent of health checkers report that an endpoint is healthy": Route 53 Developer Guide. */
const ENOUGH = 0.18;

function judge(
  { resource }: Seen,
  { check: id, target, inverted, well, all, words }: HealthFacts,
): readonly FindingDraft[] {
  const share = inverted ? 1 - well / all : well / all;
  if (share >= 0.5) return [];
  return [
    {
      discriminator: 'health',
      severity: share > ENOUGH ? 'medium' : 'critical',
      title: `${well} of ${all} checkers of Route 53 reach ${target}${inverted ? ', and the check is inverted' : ''}`,
      why:
        share > ENOUGH
          ? 'From some places it can not be reached.'
          : 'Route 53 calls it unhealthy: names that depend on it lead elsewhere, or nowhere.',
      next: `See what they say: ${awsLine(resource, 'route53', 'get-health-check-status', '--health-check-id', id)}`,
      evidence: evidenceFrom(
        'route53:GetHealthCheckStatus',
        ['reach it', well],
        ['checkers', all],
        ['a checker says', words],
      ),
    },
  ];
}
