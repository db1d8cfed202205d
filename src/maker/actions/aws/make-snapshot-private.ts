import * as z from 'zod';
import { seen } from '../../../domain/failure.ts';
import { describeSnapshotAttribute, describeSnapshots } from '../../../providers/aws/reads/ec2.ts';
import { modifySnapshotAttribute } from '../../../providers/aws/writer.ts';
import { regionParams } from './account.ts';
import { oneChange } from './one-change.ts';

const params = z.strictObject({
  ...regionParams,
  snapshot: z
    .string()
    .regex(/^snap-[0-9a-f]{8,17}$/, 'the id of a snapshot')
    .describe('The id of the snapshot of EBS: `snap-…`.'),
});

export const action = oneChange({
  id: 'aws/make-snapshot-private',
  title: 'Make a public snapshot of EBS private',
  description: `Takes from everybody the right to make a volume of a snapshot of the account; accounts that it was given to keep theirs. AWS tries it out first (\`DryRun\`). Copies that somebody made meanwhile stay theirs.

There is no undo in the catalogue: nothing here makes data public. Sealed are the snapshot with its volume and start, and that it is public. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params,
  subject: ({ partition }, { region, snapshot }) => ({
    resource: `arn:${partition}:ec2:${region}::snapshot/${snapshot}`,
    name: snapshot,
  }),
  look: async ({ place, signal }, { snapshot }) => {
    const { items, failure } = await place.list(
      describeSnapshots,
      { OwnerIds: ['self'], Filters: [{ Name: 'snapshot-id', Values: [snapshot] }] },
      signal,
    );
    if (failure !== null) return { status: 'unknown', failure };
    const found = items.find(({ SnapshotId }) => SnapshotId === snapshot);
    if (found === undefined) return seen(null);
    const rights = await place.ask(
      describeSnapshotAttribute,
      { SnapshotId: snapshot, Attribute: 'createVolumePermission' },
      signal,
    );
    if (rights.status === 'unknown') return rights;
    const given = rights.value?.CreateVolumePermissions ?? [];
    const isPublic = given.some(({ Group }) => Group === 'all');
    return seen({
      identity: { snapshot, volume: found.VolumeId ?? null, started: found.StartTime?.toISOString() ?? null },
      rests: { public: isPublic },
      shown: {
        Public: isPublic ? 'yes' : 'no',
        'Given to accounts': given.filter(({ UserId }) => UserId !== undefined).length,
        GiB: found.VolumeSize ?? 0,
      },
    });
  },
  after: () => ({ public: false }),
  summary: ({ snapshot }) => `Make the snapshot ${snapshot} private`,
  write: modifySnapshotAttribute,
  trial: modifySnapshotAttribute,
  input: ({ snapshot }) => ({
    SnapshotId: snapshot,
    Attribute: 'createVolumePermission' as const,
    OperationType: 'remove' as const,
    GroupNames: ['all'],
  }),
  risk: () => ({ level: 'low', reasons: ['only who has no right to the account loses it'] }),
  undo: () => ({ possible: false, words: 'nothing here makes data public; by hand it can be' }),
});
