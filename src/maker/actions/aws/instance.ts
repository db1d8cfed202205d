import * as z from 'zod';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import { printable } from '../../../domain/printable.ts';
import { unknownCost, type CostDelta } from '../../../domain/money.ts';
import { arnOf, type Account } from '../../../providers/aws/reader.ts';
import { describeInstanceAttribute, describeInstances, type Instance } from '../../../providers/aws/reads/ec2.ts';
import { regionParams } from './account.ts';
import type { At, Found } from './one-change.ts';

export const instanceParams = z.strictObject({
  ...regionParams,
  instance: z
    .string()
    .regex(/^i-[0-9a-f]{8,17}$/, 'the id of an instance')
    .describe('The id of the instance: `i-…`.'),
});
export type InstanceParams = z.output<typeof instanceParams>;

export function instanceSubject(
  { partition, id }: Pick<Account, 'partition' | 'id'>,
  { region, instance }: InstanceParams,
) {
  return { resource: arnOf({ partition, id }, 'ec2', region, `instance/${instance}`), name: instance };
}

/** What it is becoming counts as what it is: `stopping` is stopped. */
const BECOMES: Readonly<Record<string, string>> = {
  pending: 'running',
  stopping: 'stopped',
  'shutting-down': 'terminated',
};

export async function lookAtInstance(
  { place, signal }: At,
  { instance }: InstanceParams,
): Promise<Looked<Found | null>> {
  const { items, failure } = await place.list(
    describeInstances,
    { Filters: [{ Name: 'instance-id', Values: [instance] }] },
    signal,
  );
  if (failure !== null) return { status: 'unknown', failure };
  const found = items.find(({ InstanceId }) => InstanceId === instance);
  if (found === undefined) return seen(null);
  const protection = await place.ask(
    describeInstanceAttribute,
    { InstanceId: instance, Attribute: 'disableApiStop' },
    signal,
  );
  if (protection.status === 'unknown') return protection;
  const state = found.State?.Name ?? 'unknown';
  return seen({
    identity: { instance, launched: found.LaunchTime?.toISOString() ?? null, image: found.ImageId ?? null },
    rests: {
      state: BECOMES[state] ?? state,
      protected: protection.value?.DisableApiStop?.Value === true,
      root: found.RootDeviceType ?? 'unknown',
      scaledBy: tagOf(found, 'aws:autoscaling:groupName'),
    },
    shown: {
      State: state,
      Name: printable(tagOf(found, 'Name') ?? 'none'),
      Type: found.InstanceType ?? 'unknown',
      'Public address': found.PublicIpAddress ?? 'none',
      'Auto Scaling group': printable(tagOf(found, 'aws:autoscaling:groupName') ?? 'none'),
    },
  });
}

/** Computing is not in the list of prices that Holdfast reads, and discounts are not known: no figure is made up. */
export function instanceCost(): CostDelta {
  return unknownCost('the price of the instance is not read; a stopped one still pays for its volumes and addresses');
}

function tagOf({ Tags = [] }: Instance, key: string): string | null {
  return Tags.find((tag) => tag.Key === key)?.Value ?? null;
}

/** An Auto Scaling group replaces an instance that is stopped. */
export function scaledRefusal(scaledBy: unknown): Looked<never> | null {
  return typeof scaledBy === 'string'
    ? unknown(
        'AUTOSCALED',
        `It belongs to the Auto Scaling group ${printable(scaledBy)}, which would end it and start another: set the group's capacity instead.`,
      )
    : null;
}
