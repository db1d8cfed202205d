import * as z from 'zod';
import { seen, unknown } from '../../../domain/failure.ts';
import { unknownCost } from '../../../domain/money.ts';
import { resourceId } from '../../../domain/resource-id.ts';
import { describeAutoScalingGroups } from '../../../providers/aws/reads/compute.ts';
import { setDesiredCapacity } from '../../../providers/aws/writer.ts';
import { regionParams } from './account.ts';
import { draftOf, oneChange, wordOf } from './one-change.ts';

const params = z.strictObject({
  ...regionParams,
  group: z.string().min(1).max(255).describe('The name of the Auto Scaling group.'),
  capacity: z.coerce.number().int().min(0).max(10_000).describe('How many instances there are to be.'),
});

export const action = oneChange({
  id: 'aws/set-desired-capacity',
  title: 'Set the desired capacity of an Auto Scaling group',
  description: `Sets how many instances an Auto Scaling group keeps, within its minimum and maximum, and nothing else of it. A scaling policy may set it back later. It waits for no cooldown.

Sealed are the group's ARN, its capacity, minimum and maximum. Verified: the capacity is set; instances come and go afterwards. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params,
  // Its ARN holds an id that only a look brings: that is part of its identity.
  subject: ({ id }, { region, group }) => ({
    resource: resourceId('aws', id, 'auto-scaling-group', `${region}/${group}`),
    name: group,
  }),
  look: async ({ place, signal }, { group }) => {
    const { items, failure } = await place.list(describeAutoScalingGroups, { AutoScalingGroupNames: [group] }, signal);
    if (failure !== null) return { status: 'unknown', failure };
    const found = items.find(({ AutoScalingGroupName }) => AutoScalingGroupName === group);
    if (found === undefined) return seen(null);
    const inService = (found.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService').length;
    return seen({
      identity: { arn: found.AutoScalingGroupARN ?? null, created: found.CreatedTime?.toISOString() ?? null },
      rests: { capacity: found.DesiredCapacity ?? 0, least: found.MinSize ?? 0, most: found.MaxSize ?? 0 },
      shown: {
        Capacity: found.DesiredCapacity ?? 0,
        Minimum: found.MinSize ?? 0,
        Maximum: found.MaxSize ?? 0,
        'In service': inService,
      },
    });
  },
  refusal: ({ capacity }, { rests }) => {
    const [least, most] = [Number(rests['least']), Number(rests['most'])];
    return capacity < least || capacity > most
      ? unknown(
          'OUT_OF_BOUNDS',
          `The group keeps between ${least} and ${most} instances: ${capacity} is not within that.`,
        )
      : null;
  },
  after: ({ capacity }) => ({ capacity }),
  summary: ({ group, capacity }, { rests }) =>
    `Set the capacity of ${group} from ${wordOf(rests['capacity'])} to ${capacity}`,
  write: setDesiredCapacity,
  input: ({ group, capacity }) => ({ AutoScalingGroupName: group, DesiredCapacity: capacity, HonorCooldown: false }),
  cost: () => unknownCost("the price of the group's instances is not read"),
  risk: ({ capacity }, { rests }) => {
    const now = Number(rests['capacity']);
    if (capacity === 0 && now > 0) return { level: 'high', reasons: ['no instance would be left'] };
    if (capacity < now)
      return { level: 'medium', reasons: [`${now - capacity} instances are ended, and what runs on them`] };
    return { level: 'low', reasons: ['instances are added'] };
  },
  undo: (given, { rests }) => ({
    possible: true,
    words: `set it to ${wordOf(rests['capacity'])} (recorded)`,
    draft: draftOf('aws/set-desired-capacity', { ...given, capacity: rests['capacity'] }),
  }),
});
