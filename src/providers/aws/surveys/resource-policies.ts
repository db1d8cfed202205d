import type { Account, Place } from '../reader.ts';
import { readPolicy, type PolicyStatement } from '../policy-document.ts';
import { getFunctionPolicy, listFunctions } from '../reads/compute.ts';
import { describeDomains, listDomainNames } from '../reads/databases.ts';
import {
  describeKey,
  getKeyPolicy,
  getQueueAttributes,
  getSecretPolicy,
  getTopicAttributes,
  listKeys,
  listQueues,
  listSecrets,
  listTopics,
} from '../reads/messaging.ts';
import { describeRepositories, getRepositoryPolicy } from '../reads/storage.ts';
import { surveyor, type HiddenAs, type Survey, type Surveyor } from './survey.ts';

/** A resource that bears a policy of its own. */
export interface ResourcePolicy {
  readonly kind: PolicyKind;
  readonly arn: string;
  readonly name: string;
  readonly statements: readonly PolicyStatement[];
}

export const POLICY_KINDS = ['queue', 'topic', 'key', 'secret', 'repository', 'domain', 'function'] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];

/** The policies of queues, topics, keys, secrets, repositories, search domains and functions of a region. */
export async function surveyPolicies(
  account: Account,
  place: Place,
  signal: AbortSignal,
): Promise<Survey<ResourcePolicy>> {
  const look = surveyor(account, place, signal);
  const seen = await Promise.all([
    queues(look),
    topics(look),
    keys(look),
    secrets(look),
    repositories(look),
    domains(look),
    functions(look),
  ]);
  return { seen: seen.flat(), hidden: look.hidden() };
}

type Made = Promise<readonly ResourcePolicy[]>;

/** A policy that can not be understood is hidden, and not one that lets in nobody. */
function made(look: Surveyor, kind: PolicyKind, of: HiddenAs, document: string | undefined): readonly ResourcePolicy[] {
  if (document === undefined || document === '' || of.one === undefined) return [];
  const { arn, name } = of.one;
  const read = readPolicy(document);
  if (read.status === 'seen') return [{ kind, arn, name, statements: read.value }];
  look.hide(of, read.failure);
  return [];
}

async function queues(look: Surveyor): Made {
  const of = { kind: 'queue', all: look.arn('sqs', '*') };
  const urls = await look.list(listQueues, {}, of);
  const policies = urls.map(async (url) => {
    const name = url.slice(url.lastIndexOf('/') + 1);
    const one = { name, arn: look.arn('sqs', name) };
    const answer = await look.ask(getQueueAttributes, { QueueUrl: url, AttributeNames: ['All'] }, { ...of, one });
    return made(look, 'queue', { ...of, one }, answer?.Attributes?.Policy);
  });
  return (await Promise.all(policies)).flat();
}

async function topics(look: Surveyor): Made {
  const of = { kind: 'topic', all: look.arn('sns', '*') };
  const all = await look.list(listTopics, {}, of);
  const policies = all.map(async ({ TopicArn: arn = '' }) => {
    const one = { name: arn.slice(arn.lastIndexOf(':') + 1), arn };
    const answer = await look.ask(getTopicAttributes, { TopicArn: arn }, { ...of, one });
    return made(look, 'topic', { ...of, one }, answer?.Attributes?.['Policy']);
  });
  return (await Promise.all(policies)).flat();
}

/** Keys that AWS manages bear policies that nobody can change. */
async function keys(look: Surveyor): Made {
  const of = { kind: 'key', all: look.arn('kms', 'key/*') };
  const all = await look.list(listKeys, {}, of);
  const policies = all.map(async ({ KeyId: id = '', KeyArn }) => {
    const one = { name: id, arn: KeyArn ?? look.arn('kms', `key/${id}`) };
    const described = await look.ask(describeKey, { KeyId: id }, { ...of, one });
    if (described?.KeyMetadata?.KeyManager !== 'CUSTOMER') return [];
    const answer = await look.ask(getKeyPolicy, { KeyId: id, PolicyName: 'default' }, { ...of, one });
    return made(look, 'key', { ...of, one }, answer?.Policy);
  });
  return (await Promise.all(policies)).flat();
}

async function secrets(look: Surveyor): Made {
  const of = { kind: 'secret', all: look.arn('secretsmanager', 'secret:*') };
  const all = await look.list(listSecrets, {}, of);
  const policies = all.map(async ({ ARN: arn = '', Name }) => {
    const one = { name: Name ?? arn, arn };
    const answer = await look.ask(getSecretPolicy, { SecretId: arn }, { ...of, one });
    return made(look, 'secret', { ...of, one }, answer?.ResourcePolicy);
  });
  return (await Promise.all(policies)).flat();
}

async function repositories(look: Surveyor): Made {
  const of = { kind: 'repository', all: look.arn('ecr', 'repository/*') };
  const all = await look.list(describeRepositories, {}, of);
  const policies = all.map(async ({ repositoryName: name = '', repositoryArn }) => {
    const one = { name, arn: repositoryArn ?? look.arn('ecr', `repository/${name}`) };
    const answer = await look.ask(getRepositoryPolicy, { repositoryName: name }, { ...of, one });
    return made(look, 'repository', { ...of, one }, answer?.policyText);
  });
  return (await Promise.all(policies)).flat();
}

/** DescribeDomains takes no more at once. */
const DOMAINS_AT_ONCE = 5;

async function domains(look: Surveyor): Made {
  const of = { kind: 'domain', all: look.arn('es', 'domain/*') };
  const listed = await look.ask(listDomainNames, {}, of);
  const names = (listed?.DomainNames ?? []).flatMap(({ DomainName }) => DomainName ?? []);
  const batches = Array.from({ length: Math.ceil(names.length / DOMAINS_AT_ONCE) }, (_, index) =>
    names.slice(index * DOMAINS_AT_ONCE, (index + 1) * DOMAINS_AT_ONCE),
  );
  const answers = await Promise.all(batches.map((DomainNames) => look.ask(describeDomains, { DomainNames }, of)));
  return answers.flatMap((answer) =>
    (answer?.DomainStatusList ?? []).flatMap(({ DomainName: name = '', ARN, AccessPolicies, VPCOptions }) => {
      // Within a VPC, its policy is not what keeps strangers out.
      if (VPCOptions?.VPCId !== undefined) return [];
      const one = { name, arn: ARN ?? look.arn('es', `domain/${name}`) };
      return made(look, 'domain', { ...of, one }, AccessPolicies);
    }),
  );
}

async function functions(look: Surveyor): Made {
  const of = { kind: 'function', all: look.arn('lambda', 'function:*') };
  const all = await look.list(listFunctions, {}, of);
  const policies = all.map(async ({ FunctionName: name = '', FunctionArn }) => {
    const one = { name, arn: FunctionArn ?? look.arn('lambda', `function:${name}`) };
    const answer = await look.ask(getFunctionPolicy, { FunctionName: name }, { ...of, one });
    return made(look, 'function', { ...of, one }, answer?.Policy);
  });
  return (await Promise.all(policies)).flat();
}
