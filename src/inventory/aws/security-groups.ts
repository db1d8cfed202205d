import type { InventorySource } from '../../domain/inventory.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { portsText, surveyGroups, type SurveyedGroup } from '../../providers/aws/surveys/security-groups.ts';
import { scanAws, type Scan } from './scan.ts';
import { hideUnread } from './surveyed.ts';

export const source: InventorySource<AwsReader> = {
  id: 'aws/security-groups',
  title: 'What security groups let in',
  description: `The ingress of every security group, in two parts:

- **open-ingress**: what everybody may reach: the ports as the fewest ranges, and whether by IPv4, IPv6 or both. A group that lets in nobody in particular has no such fact.
- **ingress**: what it lets in from somewhere in particular: for each block of addresses (merged), group or prefix list of AWS the ports, sorted. Prefix lists of the account stand for their entries.

Two rules that mean the same are the same; descriptions and tags are left out. Everybody is every address: two halves of the internet count, a /13 does not. Left out: egress, network ACLs, and what stands behind a group, which changes by itself (aws/exposure-security-groups tells that).`,
  kinds: {
    'open-ingress': {
      noun: 'a security group that is open to the internet',
      exposes: true,
      added: 'high',
      removed: 'low',
      changed: 'high',
    },
    ingress: { noun: 'the ingress of a security group', added: 'low', removed: 'info', changed: 'medium' },
  },
  timeoutMs: 300_000,
  read: (reader, context) => scanAws(reader, context, ['open-ingress', 'ingress'], 'regions', readGroups),
};

async function readGroups(scan: Scan): Promise<void> {
  const survey = await surveyGroups(scan.account, scan.place, scan.signal);
  for (const group of survey.seen) addFacts(scan, group);
  // Who stands behind them is no part of these facts.
  hideUnread(scan, survey, (kind) => (kind === 'network-interface' ? [] : ['open-ingress', 'ingress']));
}

function addFacts(scan: Scan, { id, name, vpc, open, world, rest }: SurveyedGroup): void {
  const group = { group: name, vpc };
  if (open.length > 0) scan.fact('open-ingress', id, { ...group, ports: [...portsText(open)], to: [...world] });
  scan.fact('ingress', id, { ...group, from: rest.map(({ from, ports }) => `${from} to ${ports.join(', ')}`) });
}
