import * as z from 'zod';
import type { Check, FindingDraft, History, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { describeInstanceStatus, type InstanceStatus } from '../../providers/aws/reads/ec2.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const instancesParams = z.strictObject({ ...regionShape });
type InstancesParams = z.output<typeof instancesParams>;

const statusFact = z.object({ status: z.string(), since: z.number().nullable() });
const instanceFacts = z.object({
  about: z.literal('instance'),
  instance: z.string(),
  system: statusFact,
  own: statusFact,
  volumes: statusFact,
  events: z.array(
    z.object({
      code: z.string(),
      words: z.string(),
      notBefore: z.number().nullable(),
      deadline: z.number().nullable(),
    }),
  ),
});
type InstanceFacts = z.output<typeof instanceFacts>;

export const check: Check<AwsReader, InstancesParams> = {
  id: 'aws/instances',
  title: 'Instances that fail their status checks',
  keywords: ['instance', 'ec2', 'server', 'vm', 'status', 'maintenance', 'retirement'],
  description: `Looks at the status checks and scheduled events of the running instances.

Reports:
- **system** (critical) the machine below the instance is impaired: only AWS, or another machine, mends that.
- **instance** (high) the instance itself does not answer.
- **volumes** (high) a volume of it does not do its work.
- **event:** with its code: AWS will stop or retire it (high), reboot it (medium), or maintain it (low). What is marked as completed or cancelled is none.

A check that is initialising, or that has insufficient data, is no finding. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: instancesParams,
  timeoutMs: 60_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeInstances),
  judge: (seen, _params, history) => {
    const facts = instanceFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, history) : [];
  },
  summary: tallyWords,
};

async function seeInstances(scene: Scene): Promise<readonly Seen[]> {
  const statuses = await scene.list(describeInstanceStatus, {});
  return statuses.map((status) => {
    const id = status.InstanceId ?? 'unknown';
    return scene.see(scene.arn('ec2', `instance/${id}`), id, factsOf(status, id));
  });
}

function factsOf(
  { SystemStatus, InstanceStatus: own, AttachedEbsStatus, Events = [] }: InstanceStatus,
  id: string,
): JsonObject {
  return {
    about: 'instance',
    instance: printable(id),
    system: statusOf(SystemStatus),
    own: statusOf(own),
    volumes: statusOf(AttachedEbsStatus),
    events: Events.filter(({ Description = '' }) => !/^\[(?:Completed|Canceled)\]/.test(Description)).map(
      ({ Code = 'unknown', Description = '', NotBefore, NotBeforeDeadline }) => ({
        code: printable(Code),
        words: printable(Description).slice(0, 300),
        notBefore: NotBefore?.getTime() ?? null,
        deadline: NotBeforeDeadline?.getTime() ?? null,
      }),
    ),
  };
}

interface StatusSummary {
  readonly Status?: string | undefined;
  readonly Details?: readonly { readonly ImpairedSince?: Date | undefined }[] | undefined;
}

function statusOf(summary: StatusSummary | undefined): JsonObject {
  const since = (summary?.Details ?? []).flatMap(({ ImpairedSince }) => ImpairedSince?.getTime() ?? []);
  return { status: summary?.Status ?? 'not-applicable', since: since.length === 0 ? null : Math.min(...since) };
}

const IMPAIRED: readonly {
  readonly part: 'system' | 'own' | 'volumes';
  readonly as: string;
  readonly severity: Severity;
  readonly words: string;
  readonly why: string;
  readonly next: string;
}[] = [
  {
    part: 'system',
    as: 'system',
    severity: 'critical',
    words: 'the machine below it is impaired',
    why: 'The instance may be unreachable, and nothing inside of it can mend that.',
    next: 'Stop it and start it again, which moves it to another machine, or wait for AWS',
  },
  {
    part: 'own',
    as: 'instance',
    severity: 'high',
    words: 'it does not answer',
    why: 'Its operating system or its network is not as it must be: what runs on it is likely down.',
    next: 'See its console',
  },
  {
    part: 'volumes',
    as: 'volumes',
    severity: 'high',
    words: 'a volume of it does no input or output',
    why: 'What writes to it hangs.',
    next: 'See the volumes that are attached to it',
  },
];

function judge({ resource }: Seen, facts: InstanceFacts, { now }: History): readonly FindingDraft[] {
  const { instance, events } = facts;
  const impaired = IMPAIRED.filter(({ part }) => facts[part].status === 'impaired').map(
    ({ part, as, severity, words, why, next }): FindingDraft => {
      const { since } = facts[part];
      return {
        discriminator: as,
        severity,
        title: `The instance ${instance} fails a status check${since === null ? '' : ` for ${formatDuration(Math.max(0, now - since))}`}: ${words}`,
        why,
        next: `${next}: ${awsLine(resource, 'ec2', ...(part === 'own' ? ['get-console-output', '--instance-id', instance] : ['describe-instance-status', '--instance-ids', instance]))}`,
        evidence: evidenceFrom(
          'ec2:DescribeInstanceStatus',
          ['status', facts[part].status],
          ['impaired since', since === null ? null : new Date(since).toISOString()],
        ),
      };
    },
  );
  return [...impaired, ...onePerCode(events).map((event) => eventDraft(resource, instance, event, now))];
}

type Event = InstanceFacts['events'][number];

/** Of several events of one code, the first that is due. */
function onePerCode(events: readonly Event[]): readonly Event[] {
  return [...Map.groupBy(events, ({ code }) => code).values()].flatMap((some) =>
    some.toSorted((a, b) => (a.notBefore ?? 0) - (b.notBefore ?? 0)).slice(0, 1),
  );
}

const ENDS: ReadonlySet<string> = new Set(['instance-retirement', 'instance-stop']);
const REBOOTS: ReadonlySet<string> = new Set(['instance-reboot', 'system-reboot']);

function eventDraft(
  resource: string,
  instance: string,
  { code, words, notBefore, deadline }: Event,
  now: number,
): FindingDraft {
  const when = notBefore === null ? '' : notBefore > now ? ` in ${formatDuration(notBefore - now)}` : ', from now on';
  return {
    discriminator: `event:${code}`,
    severity: ENDS.has(code) ? 'high' : REBOOTS.has(code) ? 'medium' : 'low',
    title: `AWS has planned ${code} for the instance ${instance}${when}`,
    why: ENDS.has(code)
      ? 'What runs on it ends then, and what lies on its own disks is lost.'
      : 'It is interrupted then, at a time that you did not choose.',
    next: `Choose a better time for it, or move it: ${awsLine(resource, 'ec2', 'describe-instance-status', '--instance-ids', instance)}`,
    evidence: evidenceFrom(
      'ec2:DescribeInstanceStatus',
      ['event', code],
      ['words', words],
      ['not before', notBefore === null ? null : new Date(notBefore).toISOString()],
      ['deadline', deadline === null ? null : new Date(deadline).toISOString()],
    ),
  };
}
