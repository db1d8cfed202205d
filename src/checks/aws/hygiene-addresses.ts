import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { describeAddresses } from '../../providers/aws/reads/ec2.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { asMonthlyCost, costFacts, inDollars, priced } from './priced.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const addressesParams = z.strictObject({ ...regionShape });
type AddressesParams = z.output<typeof addressesParams>;

const addressFacts = z.object({
  about: z.literal('address'),
  address: z.string(),
  allocation: z.string(),
  cost: costFacts,
});
type AddressFacts = z.output<typeof addressFacts>;

export const check: Check<AwsReader, AddressesParams> = {
  id: 'aws/hygiene-addresses',
  title: 'Elastic addresses that belong to nothing',
  keywords: ['address', 'eip', 'elastic', 'ip', 'ipv4', 'unassociated', 'unassigned', 'unused', 'hygiene', 'waste'],
  description: `Looks at the public IPv4 addresses that are kept (elastic addresses).

Reports:
- **unassociated** it belongs to no instance and no network interface (low), with what it costs a month.

Addresses that you brought yourself cost nothing, and are left out. Prices are those of AWS's public price list (pricing:GetProducts, which costs nothing), without discounts and taxes; a price that can not be read is not known, and never nought. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: addressesParams,
  timeoutMs: 120_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeAddresses),
  judge: (seen) => {
    const facts = addressFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data) : [];
  },
  summary: tallyWords,
};

async function seeAddresses(scene: Scene): Promise<readonly Observation[]> {
  const addresses = await scene.list(describeAddresses, {}, scene.arn('ec2', 'elastic-ip/*'));
  const idle = addresses.filter(
    ({ AssociationId, InstanceId = '', NetworkInterfaceId, PublicIpv4Pool = 'amazon', CustomerOwnedIp }) =>
      AssociationId === undefined &&
      InstanceId === '' &&
      NetworkInterfaceId === undefined &&
      PublicIpv4Pool === 'amazon' &&
      CustomerOwnedIp === undefined,
  );
  return Promise.all(
    idle.map(async ({ AllocationId, PublicIp = 'unknown' }) => {
      const id = AllocationId ?? PublicIp;
      return scene.see(scene.arn('ec2', `elastic-ip/${id}`), PublicIp, {
        about: 'address',
        address: printable(PublicIp),
        allocation: printable(id),
        cost: await priced(scene, 'address:idle', 1),
      });
    }),
  );
}

function judge({ resource }: Seen, { address, allocation, cost }: AddressFacts): readonly FindingDraft[] {
  return [
    {
      discriminator: 'unassociated',
      severity: 'low',
      title: `The address ${address} belongs to nothing${inDollars(cost)}`,
      why: 'It is paid for. Whoever gives it up does not get the same one again: names that lead to it must go first.',
      next: `See what it was for: ${awsLine(resource, 'ec2', 'describe-addresses', '--allocation-ids', allocation)}`,
      evidence: evidenceFrom('ec2:DescribeAddresses', ['address', address], ['allocation', allocation]),
      monthlyCost: asMonthlyCost(cost),
    },
  ];
}
