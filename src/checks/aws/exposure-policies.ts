import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { policyAccess, type AwsReader } from '../../providers/aws/reader.ts';
import {
  POLICY_KINDS,
  surveyPolicies,
  type PolicyKind,
  type ResourcePolicy,
} from '../../providers/aws/surveys/resource-policies.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';
import { hideUnread } from './surveyed.ts';

const policiesParams = z.strictObject({
  ...regionShape,
  trusted: z
    .array(z.string().regex(/^\d{12}$/, 'twelve digits'))
    .default([])
    .describe('Accounts that are let in on purpose: those of your organisation, of a vendor.'),
});
type PoliciesParams = z.output<typeof policiesParams>;

const policyFacts = z.object({
  about: z.literal('policy'),
  kind: z.enum(POLICY_KINDS),
  name: z.string(),
  everybody: z.array(z.string()),
  outsiders: z.array(z.string()),
  conditional: z.array(z.string()),
});
type PolicyFacts = z.output<typeof policyFacts>;

export const check: Check<AwsReader, PoliciesParams> = {
  id: 'aws/exposure-policies',
  title: 'Queues, topics, keys, secrets that let strangers in',
  keywords: [
    'policy',
    'queue',
    'topic',
    'key',
    'kms',
    'secret',
    'repository',
    'ecr',
    'exposed',
    'public',
    'exposure',
    'security',
    'permission',
  ],
  description: `Reads the policies of queues (SQS), topics (SNS), keys (KMS, those of the customer), secrets, repositories (ECR), search domains (OpenSearch outside of a VPC) and functions (Lambda).

Reports:
- **public** one that lets everybody in, and no condition narrows that to fixed accounts, organisations, networks or sources (critical for keys and secrets, else high). \`NotPrincipal\` in an Allow lets everybody in, and conditions that are also true when their key is absent (\`…IfExists\`, \`ForAllValues:\`) narrow nothing. A Deny counts where it surely covers.
- **outsiders** one that lets in other accounts than \`trusted\` (medium for keys and secrets, else low).

Everybody who meets a narrowing condition is no finding: what they may do is in the drift of aws/resource-policies. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: policiesParams,
  timeoutMs: 600_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seePolicies),
  judge: (seen, params) => {
    const facts = policyFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, params) : [];
  },
  summary: tallyWords,
};

async function seePolicies(scene: Scene): Promise<readonly Observation[]> {
  const survey = await surveyPolicies(scene.account, scene.place, scene.signal);
  hideUnread(scene, survey);
  return survey.seen
    .map((policy) => see(scene, policy))
    .filter(({ facts }) => [facts['everybody'], facts['outsiders']].flat().length > 0);
}

function see(scene: Scene, { kind, arn, name, statements }: ResourcePolicy): Seen {
  const { everybody, outsiders, conditional } = policyAccess(statements, scene.account.id);
  return scene.see(arn, name, {
    about: 'policy',
    kind,
    name: printable(name),
    everybody: everybody.map(printable),
    outsiders: outsiders.map(printable),
    conditional: conditional.map(printable),
  });
}

const NOUNS: Readonly<Record<PolicyKind, string>> = {
  queue: 'queue',
  topic: 'topic',
  key: 'key',
  secret: 'secret',
  repository: 'repository',
  domain: 'search domain',
  function: 'function',
};

function judge({ resource }: Seen, facts: PolicyFacts, { trusted }: PoliciesParams): readonly FindingDraft[] {
  const { kind, name, everybody, conditional } = facts;
  const strangers = facts.outsiders.filter((who) => !trusted.some((account) => accountIn(who) === account));
  const isSecret = kind === 'key' || kind === 'secret';
  const evidence = evidenceFrom(
    SOURCES[kind],
    ['everybody may', everybody],
    ['outsiders', facts.outsiders],
    ['everybody who meets', conditional],
  );
  const next = `See its policy: ${lineOf(resource, kind, name)}`;
  return [
    ...(everybody.length === 0
      ? []
      : [
          {
            discriminator: 'public',
            severity: isSecret ? 'critical' : 'high',
            title: `The ${NOUNS[kind]} ${name} lets everybody do ${everybody.slice(0, 4).join(', ')}`,
            why: 'Everybody with an AWS account, and some without, may do that; nothing says who they must be.',
            next,
            evidence,
          } as const,
        ]),
    ...(strangers.length === 0
      ? []
      : [
          {
            discriminator: 'outsiders',
            severity: isSecret ? 'medium' : 'low',
            title: `The ${NOUNS[kind]} ${name} lets ${strangers.length === 1 ? (strangers[0] ?? '') : `${strangers.length} others`} in`,
            why: 'What they do with it is not seen here. Name their account in "trusted" when it is meant.',
            next,
            evidence,
          } as const,
        ]),
  ];
}

function accountIn(principal: string): string {
  return /\d{12}/.exec(principal)?.[0] ?? '';
}

const SOURCES: Readonly<Record<PolicyKind, string>> = {
  queue: 'sqs:GetQueueAttributes',
  topic: 'sns:GetTopicAttributes',
  key: 'kms:GetKeyPolicy',
  secret: 'secretsmanager:GetResourcePolicy',
  repository: 'ecr:GetRepositoryPolicy',
  domain: 'es:DescribeDomains',
  function: 'lambda:GetPolicy',
};

function lineOf(resource: string, kind: PolicyKind, name: string): string {
  const words: Readonly<Record<PolicyKind, readonly string[]>> = {
    queue: ['sqs', 'get-queue-url', '--queue-name', name],
    topic: ['sns', 'get-topic-attributes', '--topic-arn', resource],
    key: ['kms', 'get-key-policy', '--key-id', name],
    secret: ['secretsmanager', 'get-resource-policy', '--secret-id', resource],
    repository: ['ecr', 'get-repository-policy', '--repository-name', name],
    domain: ['opensearch', 'describe-domain', '--domain-name', name],
    function: ['lambda', 'get-policy', '--function-name', name],
  };
  return awsLine(resource, ...words[kind]);
}
