import * as z from 'zod';
import { seen, unknown } from '../../../domain/failure.ts';
import { arnOf } from '../../../providers/aws/reader.ts';
import { describeAddresses } from '../../../providers/aws/reads/ec2.ts';
import { releaseAddress } from '../../../providers/aws/writer.ts';
import { regionParams } from './account.ts';
import { oneChange, wordOf } from './one-change.ts';
import { priceShown, savingOf } from './price-shown.ts';

const params = z.strictObject({
  ...regionParams,
  allocation: z
    .string()
    .regex(/^eipalloc-[0-9a-f]{8,17}$/, 'the allocation id of an address')
    .describe('The allocation id of the Elastic IP: `eipalloc-…`.'),
});

export const action = oneChange({
  id: 'aws/release-address',
  title: 'Release an Elastic IP that nothing uses',
  description: `Gives an address back to AWS; AWS tries it out first (\`DryRun\`). Refuses one that is associated with anything. Whoever gets the address next gets what is sent to it: look for DNS records that name it first (aws/exposure checks do not see those of others).

Destructive: the address is gone, and is seldom had back. Sealed are the address and that nothing uses it. The saving is by AWS's price list, or not known. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params,
  subject: (account, { region, allocation }) => ({
    resource: arnOf(account, 'ec2', region, `elastic-ip/${allocation}`),
    name: allocation,
  }),
  look: async (at, { allocation }) => {
    const { items, failure } = await at.place.list(
      describeAddresses,
      { Filters: [{ Name: 'allocation-id', Values: [allocation] }] },
      at.signal,
    );
    if (failure !== null) return { status: 'unknown', failure };
    const found = items.find(({ AllocationId }) => AllocationId === allocation);
    if (found === undefined) return seen(null);
    return seen({
      identity: { allocation, address: found.PublicIp ?? null },
      rests: { association: found.AssociationId ?? null },
      shown: {
        Address: found.PublicIp ?? 'unknown',
        'Used by': found.InstanceId || found.NetworkInterfaceId || 'nothing',
        ...(await priceShown(at, 'address:idle', 1)),
      },
    });
  },
  refusal: (_given, { rests }) =>
    rests['association'] === null
      ? null
      : unknown('IN_USE', 'It is associated with something: take it off that first.'),
  after: () => ({}),
  summary: ({ allocation }, { identity }) => `Release the address ${wordOf(identity?.['address'])} (${allocation})`,
  write: releaseAddress,
  trial: releaseAddress,
  input: ({ allocation }) => ({ AllocationId: allocation }),
  removes: true,
  cost: (_given, { observed }) => savingOf(observed),
  risk: () => ({ level: 'high', reasons: ['the address goes to somebody else, with whatever is still sent to it'] }),
  destructive: true,
  undo: () => ({ possible: false, words: 'it can not be had back, but by chance' }),
});
