import * as z from 'zod';
import type { Check, FindingDraft, History, Observation, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { getQueueAttributes, listQueues } from '../../providers/aws/reads/messaging.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const queuesParams = z.strictObject({ ...regionShape });
type QueuesParams = z.output<typeof queuesParams>;

const queueFacts = z.object({
  about: z.literal('queue'),
  queue: z.string(),
  url: z.string(),
  messages: z.number(),
  /** The queues whose messages end here when they fail; a queue that none names is no dead-letter queue. */
  sources: z.array(z.string()),
});
type QueueFacts = z.output<typeof queueFacts>;

export const check: Check<AwsReader, QueuesParams> = {
  id: 'aws/queues',
  title: 'Dead-letter queues that hold messages',
  keywords: ['queue', 'sqs', 'dead', 'letter', 'dlq', 'message', 'backlog'],
  description: `Looks at the queues of SQS that others name as their dead-letter queue (\`RedrivePolicy\`).

Reports:
- **dead-letters** one that holds messages (medium), or more of them than at the look before (high).

The counts of SQS are approximate. A queue that was deleted between the list and the question is gone. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: queuesParams,
  timeoutMs: 120_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeQueues),
  judge: (seen, _params, history) => {
    const facts = queueFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, history) : [];
  },
  sample: ({ facts }) => {
    const parsed = queueFacts.safeParse(facts);
    return parsed.success ? { messages: parsed.data.messages } : null;
  },
  summary: tallyWords,
};

interface Queue {
  readonly url: string;
  readonly arn: string;
  readonly messages: number;
  readonly leadsTo: string | null;
}

async function seeQueues(scene: Scene): Promise<readonly Observation[]> {
  const urls = await scene.list(listQueues, {});
  const queues = (await Promise.all(urls.map((url) => queueAt(scene, url)))).filter((queue) => queue !== null);
  const sources = Map.groupBy(
    queues.filter(({ leadsTo }) => leadsTo !== null),
    ({ leadsTo }) => leadsTo,
  );
  return queues
    .filter(({ arn }) => sources.has(arn))
    .map(({ arn, url, messages }) => {
      const name = nameOf(arn);
      return scene.see(arn, name, {
        about: 'queue',
        queue: printable(name),
        url: printable(url),
        messages,
        sources: (sources.get(arn) ?? []).map((source) => printable(nameOf(source.arn))).toSorted(),
      });
    });
}

async function queueAt(scene: Scene, url: string): Promise<Queue | null> {
  const arn = scene.arn('sqs', url.slice(url.lastIndexOf('/') + 1));
  const answer = await scene.ask(getQueueAttributes, { QueueUrl: url, AttributeNames: ['All'] }, arn);
  const attributes = answer?.Attributes;
  if (attributes === undefined) return null;
  return {
    url,
    arn: attributes.QueueArn ?? arn,
    messages: Number(attributes.ApproximateNumberOfMessages ?? 0),
    leadsTo: targetOf(attributes.RedrivePolicy),
  };
}

const redriveSchema = z.looseObject({ deadLetterTargetArn: z.string() });

/** The dead-letter queue in a RedrivePolicy, which is JSON in a text. */
function targetOf(policy: string | undefined): string | null {
  if (policy === undefined) return null;
  try {
    const parsed = redriveSchema.safeParse(JSON.parse(policy));
    return parsed.success ? parsed.data.deadLetterTargetArn : null;
  } catch {
    return null; // SQS takes no other text for one
  }
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

const sampleValues = z.object({ messages: z.number() });

function judge(
  { resource }: Seen,
  { queue, url, messages, sources }: QueueFacts,
  { samples, now }: History,
): readonly FindingDraft[] {
  if (messages === 0) return [];
  const [last] = samples;
  const before = sampleValues.safeParse(last?.values);
  const grown = before.success ? messages - before.data.messages : 0;
  const since = last === undefined ? '' : ` within ${formatDuration(Math.max(0, now - last.at))}`;
  return [
    {
      discriminator: 'dead-letters',
      severity: grown > 0 ? 'high' : 'medium',
      title:
        grown > 0
          ? `The dead-letter queue ${queue} got ${grown} more messages${since}: ${messages} now`
          : `The dead-letter queue ${queue} holds ${messages} messages`,
      why: 'Each is a piece of work that failed as often as it may, and that nobody does any more.',
      next: `Move them back when the cause is mended (aws sqs start-message-move-task): ${awsLine(resource, 'sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'All')}`,
      evidence: evidenceFrom(
        'sqs:GetQueueAttributes',
        ['messages', messages],
        ['at the look before', before.success ? before.data.messages : null],
        ['of the queues', sources],
      ),
    },
  ];
}
