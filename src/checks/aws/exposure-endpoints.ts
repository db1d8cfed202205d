import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import {
  ENDPOINT_KINDS,
  surveyEndpoints,
  type Endpoint,
  type EndpointKind,
} from '../../providers/aws/surveys/endpoints.ts';
import { surveyGroups, type SurveyedGroup } from '../../providers/aws/surveys/security-groups.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';
import { hideUnread } from './surveyed.ts';

const endpointsParams = z.strictObject({ ...regionShape });
type EndpointsParams = z.output<typeof endpointsParams>;

const endpointFacts = z.object({
  about: z.literal('endpoint'),
  kind: z.enum(ENDPOINT_KINDS),
  name: z.string(),
  listens: z.array(z.string()),
  auth: z.string().nullable(),
  from: z.array(z.string()).nullable(),
  /** Whether a security group before it lets everybody in; null: none stands there, or they could not be read. */
  open: z.boolean().nullable(),
});
type EndpointFacts = z.output<typeof endpointFacts>;

export const check: Check<AwsReader, EndpointsParams> = {
  id: 'aws/exposure-endpoints',
  title: 'Databases, clusters and functions on the internet',
  keywords: [
    'exposed',
    'public',
    'endpoint',
    'database',
    'rds',
    'redshift',
    'eks',
    'lambda',
    'url',
    'internet',
    'exposure',
    'security',
  ],
  description: `Looks at public endpoints that seldom are meant to be public.

Reports **public**:
- a database (RDS) or warehouse (Redshift) with a public address: critical when a security group before it lets everybody in, else medium.
- a search domain (OpenSearch) outside of a VPC: high; medium when it asks who one is (fine-grained access control).
- a function URL that asks nobody who they are (\`AuthType: NONE\`): high.
- the API of an EKS cluster that every address may reach: medium.

Load balancers, API gateways and addresses are public on purpose, as a rule: that a new one came is told by the drift of aws/endpoints. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: endpointsParams,
  timeoutMs: 300_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeEndpoints),
  judge: (seen) => {
    const facts = endpointFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data) : [];
  },
  summary: tallyWords,
};

const JUDGED: ReadonlySet<EndpointKind> = new Set([
  'database',
  'warehouse',
  'search-domain',
  'function-url',
  'cluster-endpoint',
]);

async function seeEndpoints(scene: Scene): Promise<readonly Observation[]> {
  const [survey, groups] = await Promise.all([
    surveyEndpoints(scene.account, scene.place, scene.signal),
    surveyGroups(scene.account, scene.place, scene.signal),
  ]);
  hideUnread(scene, {
    hidden: survey.hidden.filter(({ kind }) => ENDPOINT_KINDS.some((one) => one === kind && JUDGED.has(one))),
  });
  const byId = new Map(groups.seen.map((group) => [group.id, group]));
  return survey.seen.filter(({ kind }) => JUDGED.has(kind)).map((endpoint) => see(scene, endpoint, byId));
}

function see(
  scene: Scene,
  { kind, arn, name, listens, auth, from, groups }: Endpoint,
  byId: ReadonlyMap<string, SurveyedGroup>,
): Seen {
  const before = groups.map((id) => byId.get(id));
  const known = before.filter((group) => group !== undefined);
  const port = Number(/^\d+/.exec(listens[0] ?? '')?.[0] ?? Number.NaN);
  const isOpen = known.some(({ open }) => open.some((range) => port >= range.from && port <= range.to));
  return scene.see(arn, name, {
    about: 'endpoint',
    kind,
    name: printable(name),
    listens: listens.map(printable),
    auth,
    from: from === null ? null : [...from],
    open: isOpen ? true : known.length < before.length || before.length === 0 ? null : false,
  });
}

interface Verdict {
  readonly severity: Severity;
  readonly words: string;
  readonly why: string;
}

function judge({ resource }: Seen, facts: EndpointFacts): readonly FindingDraft[] {
  const verdict = verdictOf(facts);
  if (verdict === null) return [];
  const { kind, name, listens, auth, from, open } = facts;
  return [
    {
      discriminator: 'public',
      severity: verdict.severity,
      evidenceClass: open === true ? 'open' : 'public',
      title: `The ${NOUNS[kind]} ${name} ${verdict.words}`,
      why: verdict.why,
      next: `See it: ${lineOf(resource, kind, name)}`,
      evidence: evidenceFrom(
        SOURCES[kind],
        ['listens', listens],
        ['asks who one is', auth],
        ['from', from],
        ['a security group lets everybody in', open],
      ),
    },
  ];
}

function verdictOf({ kind, auth, from, open }: EndpointFacts): Verdict | null {
  switch (kind) {
    case 'database':
    case 'warehouse':
      return open === true
        ? {
            severity: 'critical',
            words: 'can be reached by everybody',
            why: 'Only its passwords stand between the internet and the data.',
          }
        : {
            severity: 'medium',
            words: 'has a public address',
            why: 'One rule of a security group is all that stands between it and the internet.',
          };
    case 'search-domain':
      return auth === null
        ? {
            severity: 'high',
            words: 'stands outside of a VPC',
            why: 'Its access policy alone says who may search, write and delete.',
          }
        : { severity: 'medium', words: 'stands outside of a VPC', why: 'Everybody may try to log in.' };
    case 'function-url':
      return auth === 'NONE'
        ? {
            severity: 'high',
            words: 'has a URL that everybody may call',
            why: 'Who calls it is not asked who they are; each call is paid by you.',
          }
        : null;
    case 'cluster-endpoint':
      return from === null
        ? {
            severity: 'medium',
            words: 'has an API that every address may reach',
            why: 'A leaked credential of the cluster can be used from anywhere.',
          }
        : null;
    case 'load-balancer':
    case 'api':
    case 'elastic-address':
      return null;
    default:
      return kind satisfies never;
  }
}

const NOUNS: Readonly<Record<EndpointKind, string>> = {
  'load-balancer': 'load balancer',
  api: 'API',
  'function-url': 'function',
  'cluster-endpoint': 'EKS cluster',
  database: 'database',
  warehouse: 'warehouse',
  'search-domain': 'search domain',
  'elastic-address': 'address',
};

const SOURCES: Readonly<Record<EndpointKind, string>> = {
  'load-balancer': 'elasticloadbalancing:DescribeLoadBalancers',
  api: 'apigateway:GET',
  'function-url': 'lambda:ListFunctionUrlConfigs',
  'cluster-endpoint': 'eks:DescribeCluster',
  database: 'rds:DescribeDBInstances',
  warehouse: 'redshift:DescribeClusters',
  'search-domain': 'es:DescribeDomains',
  'elastic-address': 'ec2:DescribeAddresses',
};

function lineOf(resource: string, kind: EndpointKind, name: string): string {
  const words: Readonly<Partial<Record<EndpointKind, readonly string[]>>> = {
    database: ['rds', 'describe-db-instances', '--db-instance-identifier', name],
    warehouse: ['redshift', 'describe-clusters', '--cluster-identifier', name],
    'search-domain': ['opensearch', 'describe-domain', '--domain-name', name],
    'function-url': ['lambda', 'get-function-url-config', '--function-name', name],
    'cluster-endpoint': ['eks', 'describe-cluster', '--name', name],
  };
  return awsLine(resource, ...(words[kind] ?? ['resourcegroupstaggingapi', 'get-resources']));
}
