import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { StepInHand, StepOutcome, WriteContext } from '../../../domain/action.ts';
import { seen, unknown } from '../../../domain/failure.ts';
import { arnOf, type Product } from '../../../providers/aws/reader.ts';
import { describeSnapshots, describeVolumes } from '../../../providers/aws/reads/ec2.ts';
import { createSnapshot, deleteVolume, type AwsWriter } from '../../../providers/aws/writer.ts';
import { regionParams } from './account.ts';
import { oneChange, wordOf } from './one-change.ts';
import { priceShown, savingOf } from './price-shown.ts';

const params = z.strictObject({
  ...regionParams,
  volume: z
    .string()
    .regex(/^vol-[0-9a-f]{8,17}$/, 'the id of a volume')
    .describe('The id of the volume of EBS: `vol-…`.'),
});
type Params = z.output<typeof params>;

/** The kinds that the price list has. */
const PRODUCTS: Readonly<Record<string, Product>> = {
  gp2: 'volume:gp2',
  gp3: 'volume:gp3',
  io1: 'volume:io1',
  io2: 'volume:io2',
  st1: 'volume:st1',
  sc1: 'volume:sc1',
  standard: 'volume:standard',
};

export const action = oneChange({
  id: 'aws/delete-volume',
  title: 'Delete a volume of EBS that nothing uses, after a snapshot',
  description: `Makes a snapshot of the volume, waits until it is complete, and only then deletes the volume. Refuses a volume that is attached. AWS tries the deletion out first (\`DryRun\`). When the snapshot does not get complete within the time of the apply, the volume stays, and the snapshot is named.

Destructive: the undo makes a new volume of the snapshot, by hand; its id is another one. Sealed are the volume with the instant it was made, and that nothing uses it. The saving is by AWS's price list (without what the snapshot costs), or not known. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params,
  subject: (account, { region, volume }) => ({
    resource: arnOf(account, 'ec2', region, `volume/${volume}`),
    name: volume,
  }),
  look: async (at, { volume }) => {
    const { items, failure } = await at.place.list(
      describeVolumes,
      { Filters: [{ Name: 'volume-id', Values: [volume] }] },
      at.signal,
    );
    if (failure !== null) return { status: 'unknown', failure };
    const found = items.find(
      ({ VolumeId, State }) => VolumeId === volume && State !== 'deleted' && State !== 'deleting',
    );
    if (found === undefined) return seen(null);
    const size = found.Size ?? 0;
    return seen({
      identity: { volume, created: found.CreateTime?.toISOString() ?? null },
      rests: { state: found.State ?? 'unknown' },
      shown: {
        State: found.State ?? 'unknown',
        GiB: size,
        Type: found.VolumeType ?? 'unknown',
        'Made of': found.SnapshotId || 'nothing',
        ...(await priceShown(at, PRODUCTS[found.VolumeType ?? ''] ?? null, size)),
      },
    });
  },
  refusal: (_given, { rests }) =>
    rests['state'] === 'available'
      ? null
      : unknown('IN_USE', `It is ${wordOf(rests['state'])}, and not available: detach it first.`),
  after: () => ({}),
  summary: ({ volume }, { shown }) => `Delete the volume ${volume} (${wordOf(shown['GiB'])} GiB) after a snapshot`,
  write: deleteVolume,
  trial: deleteVolume,
  input: ({ volume }) => ({ VolumeId: volume }),
  carryOut: snapshotThenDelete,
  removes: true,
  cost: (_given, { observed }) => savingOf(observed),
  risk: () => ({ level: 'high', reasons: ['the volume is gone; what was on it is in the snapshot alone'] }),
  destructive: true,
  undo: (_given, _before, receipt) => ({
    possible: false,
    words:
      typeof receipt?.['snapshot'] === 'string'
        ? `make a volume of the snapshot ${receipt['snapshot']}`
        : 'make a volume of the snapshot that is taken first',
  }),
});

/** AWS copies what changed since the last snapshot; the first one of a large volume takes hours. */
const LOOK_EVERY_MS = 5_000;
const LOOKS = 120;

async function snapshotThenDelete(
  writer: AwsWriter,
  { params: { volume }, idempotencyKey }: StepInHand<Params>,
  { signal }: WriteContext,
): Promise<StepOutcome> {
  const made = await writer.write(
    createSnapshot,
    {
      VolumeId: volume,
      Description: `Holdfast, before ${volume} is deleted`,
      TagSpecifications: [
        { ResourceType: 'snapshot', Tags: [{ Key: 'holdfast', Value: idempotencyKey.slice(0, 200) }] },
      ],
    },
    signal,
  );
  if (made.status !== 'taken') return made;
  const snapshot: unknown = Reflect.get(made.output, 'SnapshotId');
  if (typeof snapshot !== 'string')
    return {
      status: 'unknown',
      failure: { code: 'ANSWER_INVALID', message: 'AWS named no snapshot: the volume was not deleted.' },
    };
  const receipt = { snapshot };
  const state = await completed(writer, snapshot, signal);
  if (state !== 'completed') {
    const failure = {
      code: 'SNAPSHOT_NOT_COMPLETE',
      message: `The snapshot ${snapshot} is ${state}: the volume was not deleted.`,
    };
    return { status: 'partial', receipt, failure };
  }
  const deleted = await writer.write(deleteVolume, { VolumeId: volume }, signal);
  if (deleted.status === 'taken') return { status: 'done', receipt };
  return deleted.status === 'unknown' ? deleted : { status: 'partial', receipt, failure: deleted.failure };
}

/** The state of a snapshot once it is no more pending, or when nobody waits any longer. */
async function completed(writer: AwsWriter, snapshot: string, signal: AbortSignal): Promise<string> {
  for (let looks = 0; ; looks += 1) {
    const state = await stateOf(writer, snapshot, signal);
    if (state !== 'pending' || looks === LOOKS || signal.aborted) return state;
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Who is asked too often says nothing about the snapshot. */
async function stateOf(writer: AwsWriter, snapshot: string, signal: AbortSignal): Promise<string> {
  const looked = await writer.ask(describeSnapshots, { SnapshotIds: [snapshot] }, signal);
  if (looked.status === 'unknown') return looked.failure.code === 'THROTTLED' ? 'pending' : 'unknown';
  return looked.value.Snapshots?.[0]?.State ?? 'unknown';
}
