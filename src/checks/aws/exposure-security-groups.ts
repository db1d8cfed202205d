import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { portsText, surveyGroups, type SurveyedGroup } from '../../providers/aws/surveys/security-groups.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';
import { hideUnread } from './surveyed.ts';

const groupsParams = z.strictObject({
  ...regionShape,
  allowed: z
    .array(z.int().min(0).max(65_535))
    .default([80, 443])
    .describe('TCP ports that may be open to the internet: a group that opens nothing else is no finding.'),
});
type GroupsParams = z.output<typeof groupsParams>;

const rangeFact = z.object({ protocol: z.string(), from: z.number(), to: z.number() });
const groupFacts = z.object({
  about: z.literal('security-group'),
  group: z.string(),
  named: z.string(),
  open: z.array(rangeFact),
  world: z.array(z.string()),
  /** null: nobody knows what stands behind it. */
  interfaces: z.number().nullable(),
  reachable: z.array(z.string()),
});
type GroupFacts = z.output<typeof groupFacts>;

export const check: Check<AwsReader, GroupsParams> = {
  id: 'aws/exposure-security-groups',
  title: 'Security groups that are open to the internet',
  keywords: [
    'security',
    'group',
    'exposed',
    'public',
    'open',
    'world',
    'internet',
    'firewall',
    'port',
    'ingress',
    'exposure',
  ],
  description: `Looks at what every security group lets in from every address (IPv4 or IPv6, also as several blocks that are everything together, or by a prefix list of the account), and at what stands behind it: network interfaces with a public address.

Reports:
- **open** a group that lets everybody in: by what is open, and who can be reached by it.

| | something with a public address is behind it | nothing public | no interface |
|---|---|---|---|
| every port, or one that administers or holds data (SSH, RDP, databases, Docker, kubelet, …) | critical | medium | low |
| other ports | high | low | info |
| only \`allowed\` ports (80 and 443) | no finding | no finding | no finding |

A load balancer that is open to the internet is what it is for. What stands behind a group that could not be read makes the finding one step less sure, and so one step lower. ICMP alone is info. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: groupsParams,
  timeoutMs: 300_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeGroups),
  judge: (seen, params) => {
    const facts = groupFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, params) : [];
  },
  summary: tallyWords,
};

async function seeGroups(scene: Scene): Promise<readonly Observation[]> {
  const survey = await surveyGroups(scene.account, scene.place, scene.signal);
  hideUnread(scene, survey);
  return survey.seen.filter(({ open }) => open.length > 0).map((group) => see(scene, group));
}

function see(scene: Scene, { id, arn, name, open, world, behind }: SurveyedGroup): Seen {
  return scene.see(arn, `${id} (${name})`, {
    about: 'security-group',
    group: printable(id),
    named: printable(name),
    open: open.map((range) => ({ ...range })),
    world: [...world],
    interfaces: behind?.interfaces ?? null,
    reachable: (behind?.reachable ?? []).map(printable),
  });
}

/** Ports that administer a machine or hold data: nobody serves the internet with them. */
const SENSITIVE: Readonly<Record<number, string>> = {
  20: 'FTP',
  21: 'FTP',
  22: 'SSH',
  23: 'Telnet',
  135: 'RPC',
  139: 'NetBIOS',
  389: 'LDAP',
  445: 'SMB',
  1433: 'SQL Server',
  1521: 'Oracle',
  2049: 'NFS',
  2375: 'Docker',
  2376: 'Docker',
  2379: 'etcd',
  2380: 'etcd',
  3306: 'MySQL',
  3389: 'RDP',
  5432: 'PostgreSQL',
  5439: 'Redshift',
  5601: 'Kibana',
  5900: 'VNC',
  5985: 'WinRM',
  5986: 'WinRM',
  6379: 'Redis',
  6443: 'Kubernetes API',
  7000: 'Cassandra',
  7199: 'Cassandra',
  8086: 'InfluxDB',
  9042: 'Cassandra',
  9092: 'Kafka',
  9200: 'Elasticsearch',
  9300: 'Elasticsearch',
  10250: 'kubelet',
  11211: 'memcached',
  15672: 'RabbitMQ',
  27017: 'MongoDB',
  27018: 'MongoDB',
};

type Range = GroupFacts['open'][number];

function judge({ resource }: Seen, facts: GroupFacts, { allowed }: GroupsParams): readonly FindingDraft[] {
  const { group, named, open, world, interfaces, reachable } = facts;
  const beyond = open.filter((range) => !isAllowed(range, allowed));
  if (beyond.length === 0) return [];
  const sensitive = [...new Set(beyond.flatMap(sensitiveIn))];
  const worst = severityOf(beyond, sensitive, facts);
  const who =
    interfaces === null
      ? 'what stands behind it is not known'
      : reachable.length > 0
        ? `${reachable.length === 1 ? '' : 'among others '}${reachable[0] ?? ''} can be reached`
        : interfaces === 0
          ? 'nothing uses it'
          : 'nothing behind it has a public address';
  const ports = portsText(open);
  return [
    {
      discriminator: 'open',
      severity: worst,
      title: `The security group ${group} (${named}) lets everybody in to ${shortPorts(ports)}${sensitive.length === 0 ? '' : ` (${sensitive.slice(0, 4).join(', ')})`}; ${who}`,
      why:
        reachable.length > 0
          ? 'Every address on the internet may try these ports, and many do.'
          : 'The next thing that is put behind it with a public address is open at once.',
      next: `Revoke the rule, or narrow it: ${awsLine(resource, 'ec2', 'describe-security-group-rules', '--filters', `Name=group-id,Values=${group}`)}`,
      evidence: [
        ...evidenceFrom(
          'ec2:DescribeSecurityGroups',
          ['ports', ports.slice(0, 50)],
          ['from', world],
          ['speaks', sensitive],
        ),
        ...evidenceFrom('ec2:DescribeNetworkInterfaces', ['interfaces', interfaces], ['can be reached', reachable]),
      ],
      evidenceClass: reachable.length > 0 ? 'reachable' : 'open',
    },
  ];
}

function isAllowed({ protocol, from, to }: Range, allowed: readonly number[]): boolean {
  if (protocol !== 'tcp') return false;
  return (
    to - from < allowed.length &&
    Array.from({ length: to - from + 1 }, (_, index) => from + index).every((port) => allowed.includes(port))
  );
}

function sensitiveIn({ protocol, from, to }: Range): readonly string[] {
  if (protocol === 'all') return ['SSH and everything else'];
  if (protocol !== 'tcp' && protocol !== 'udp') return [];
  return Object.entries(SENSITIVE).flatMap(([port, name]) =>
    Number(port) >= from && Number(port) <= to ? [name] : [],
  );
}

function severityOf(
  beyond: readonly Range[],
  sensitive: readonly string[],
  { interfaces, reachable }: GroupFacts,
): Severity {
  if (beyond.every(({ protocol }) => protocol.startsWith('icmp'))) return 'info';
  const isBad = sensitive.length > 0;
  if (reachable.length > 0) return isBad ? 'critical' : 'high';
  if (interfaces === null) return isBad ? 'high' : 'medium';
  if (interfaces === 0) return isBad ? 'low' : 'info';
  return isBad ? 'medium' : 'low';
}

function shortPorts(ports: readonly string[]): string {
  const most = 5;
  if (ports.includes('all')) return 'every port';
  return ports.length <= most ? ports.join(', ') : `${ports.slice(0, most).join(', ')} and ${ports.length - most} more`;
}
