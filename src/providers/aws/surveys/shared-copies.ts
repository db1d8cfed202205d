import type { Account, Place } from '../reader.ts';
import {
  describeDBClusterSnapshotAttributes,
  describeDBClusterSnapshots,
  describeDBSnapshotAttributes,
  describeDBSnapshots,
} from '../reads/databases.ts';
import { describeImages, describeSnapshots } from '../reads/ec2.ts';
import { surveyor, type Survey, type Surveyor } from './survey.ts';

/** A copy of data that others may use: everybody, or the accounts that are named. */
export interface SharedCopy {
  readonly kind: SharedKind;
  readonly arn: string;
  readonly name: string;
  readonly everybody: boolean;
  /** Accounts that it was given to, sorted. Of EBS snapshots and images not known, and left empty. */
  readonly accounts: readonly string[];
  /** What it was made of: a volume, a database. */
  readonly of: string | null;
  readonly encrypted: boolean | null;
}

export const SHARED_KINDS = ['snapshot', 'image', 'db-snapshot', 'db-cluster-snapshot'] as const;
export type SharedKind = (typeof SHARED_KINDS)[number];

/** Public snapshots and images of a region, and manual snapshots of databases that others may restore. */
export async function surveyShared(account: Account, place: Place, signal: AbortSignal): Promise<Survey<SharedCopy>> {
  const look = surveyor(account, place, signal);
  const seen = await Promise.all([snapshots(look), images(look), dbSnapshots(look), dbClusterSnapshots(look)]);
  return { seen: seen.flat(), hidden: look.hidden() };
}

type Found = Promise<readonly SharedCopy[]>;

/** AWS itself picks those that everybody may restore: one question, however many snapshots there are. */
async function snapshots(look: Surveyor): Found {
  const of = { kind: 'snapshot', all: ownerless(look, 'snapshot/*') };
  const all = await look.list(describeSnapshots, { OwnerIds: ['self'], RestorableByUserIds: ['all'] }, of);
  return all.map(({ SnapshotId: id = '', VolumeId, Encrypted }) => ({
    kind: 'snapshot',
    arn: ownerless(look, `snapshot/${id}`),
    name: id,
    everybody: true,
    accounts: [],
    of: VolumeId ?? null,
    encrypted: Encrypted ?? null,
  }));
}

async function images(look: Surveyor): Found {
  const of = { kind: 'image', all: ownerless(look, 'image/*') };
  const all = await look.list(describeImages, { Owners: ['self'] }, of);
  return all
    .filter(({ Public }) => Public === true)
    .map(({ ImageId: id = '', Name }) => ({
      kind: 'image',
      arn: ownerless(look, `image/${id}`),
      name: Name ?? id,
      everybody: true,
      accounts: [],
      of: null,
      encrypted: null,
    }));
}

/** The ARNs of snapshots and images name no account. */
function ownerless({ account, region }: Surveyor, resource: string): string {
  return `arn:${account.partition}:ec2:${region}::${resource}`;
}

/** Automatic snapshots can't be shared. */
const MANUAL = { SnapshotType: 'manual' };

async function dbSnapshots(look: Surveyor): Found {
  const of = { kind: 'db-snapshot', all: look.arn('rds', 'snapshot:*') };
  const all = await look.list(describeDBSnapshots, MANUAL, of);
  const found = all.map(async ({ DBSnapshotIdentifier: id = '', DBSnapshotArn, DBInstanceIdentifier, Encrypted }) => {
    const one = { name: id, arn: DBSnapshotArn ?? look.arn('rds', `snapshot:${id}`) };
    const answer = await look.ask(describeDBSnapshotAttributes, { DBSnapshotIdentifier: id }, { ...of, one });
    return shared(
      'db-snapshot',
      one,
      answer?.DBSnapshotAttributesResult?.DBSnapshotAttributes,
      DBInstanceIdentifier,
      Encrypted,
    );
  });
  return (await Promise.all(found)).flat();
}

async function dbClusterSnapshots(look: Surveyor): Found {
  const of = { kind: 'db-cluster-snapshot', all: look.arn('rds', 'cluster-snapshot:*') };
  const all = await look.list(describeDBClusterSnapshots, MANUAL, of);
  const found = all.map(async (snapshot) => {
    const {
      DBClusterSnapshotIdentifier: id = '',
      DBClusterSnapshotArn,
      DBClusterIdentifier,
      StorageEncrypted,
    } = snapshot;
    const one = { name: id, arn: DBClusterSnapshotArn ?? look.arn('rds', `cluster-snapshot:${id}`) };
    const answer = await look.ask(
      describeDBClusterSnapshotAttributes,
      { DBClusterSnapshotIdentifier: id },
      { ...of, one },
    );
    const attributes = answer?.DBClusterSnapshotAttributesResult?.DBClusterSnapshotAttributes;
    return shared('db-cluster-snapshot', one, attributes, DBClusterIdentifier, StorageEncrypted);
  });
  return (await Promise.all(found)).flat();
}

interface Attribute {
  readonly AttributeName?: string | undefined;
  readonly AttributeValues?: readonly string[] | undefined;
}

function shared(
  kind: SharedKind,
  { name, arn }: { readonly name: string; readonly arn: string },
  attributes: readonly Attribute[] | undefined,
  of: string | undefined,
  encrypted: boolean | undefined,
): readonly SharedCopy[] {
  const values = (attributes ?? []).find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues ?? [];
  if (values.length === 0) return [];
  const accounts = values.filter((value) => value !== 'all').toSorted();
  return [
    { kind, arn, name, everybody: values.includes('all'), accounts, of: of ?? null, encrypted: encrypted ?? null },
  ];
}
