import * as z from 'zod';
import type { Check, FindingDraft, History, Observation, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import {
  describeDBClusters,
  describeDBInstances,
  type DBCluster,
  type DBInstance,
} from '../../providers/aws/reads/databases.ts';
import { daysLeftParam } from '../days-left-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { percentParam } from '../percent-param.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { readMetrics, type MetricWanted } from './metrics.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const databasesParams = z.strictObject({
  ...regionShape,
  metrics: z
    .boolean()
    .default(true)
    .describe('Whether CloudWatch is asked how much room is left, which costs $0.00001 for each database.'),
  free: percentParam()
    .default(10)
    .describe('With less of its storage free than this a database is reported; critical below a third of it.'),
  days: daysLeftParam().describe(
    'With fewer days left than these the certificate of a database is reported as low, high and critical.',
  ),
});
type DatabasesParams = z.output<typeof databasesParams>;

const databaseFacts = z.object({
  about: z.literal('database'),
  database: z.string(),
  kind: z.enum(['instance', 'cluster']),
  engine: z.string(),
  status: z.string(),
  storageGib: z.number().nullable(),
  /** Up to where it grows by itself; null: it does not. */
  growsToGib: z.number().nullable(),
  freeBytes: z.number().nullable(),
  certificateUntil: z.number().nullable(),
});
type DatabaseFacts = z.output<typeof databaseFacts>;

export const check: Check<AwsReader, DatabasesParams> = {
  id: 'aws/databases',
  title: 'Databases of RDS: status, storage, certificates',
  keywords: ['database', 'rds', 'aurora', 'postgres', 'mysql', 'storage', 'db'],
  description: `Looks at the instances and clusters of RDS (also those of Aurora, Neptune and DocumentDB, which the same API lists).

Reports:
- **status** one that has failed, has no storage left, can not reach its key, or can not run with its network or its snapshot (critical); with incompatible parameters, options or credentials (high). Stopped ones, and those that are backed up, modified or upgraded, are no finding.
- **storage** less than \`free\` percent of its storage is left (high; critical below a third of that). One whose storage grows by itself counts up to where it grows. Aurora has no storage of its own.
- **certificate** its server certificate expires within \`days\`.

How much is free is asked of CloudWatch, which charges for it: \`metrics: false\` leaves it out. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: databasesParams,
  timeoutMs: 120_000,
  read: (reader, params, context) =>
    lookAtAws(reader, params, context, 'regions', (scene) => seeDatabases(scene, params)),
  judge: (seen, params, history) => {
    const facts = databaseFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, params, history) : [];
  },
  summary: tallyWords,
};

async function seeDatabases(scene: Scene, { metrics }: DatabasesParams): Promise<readonly Observation[]> {
  const [instances, clusters] = await Promise.all([
    scene.list(describeDBInstances, {}, scene.arn('rds', 'db:*')),
    scene.list(describeDBClusters, {}, scene.arn('rds', 'cluster:*')),
  ]);
  const free = metrics ? await freeStorage(scene, instances) : new Map<string, number>();
  return [
    ...instances.map((instance) => seeInstance(scene, instance, free)),
    ...clusters.map((cluster) => seeCluster(scene, cluster)),
  ];
}

/** The databases whose storage is a volume of theirs. */
function hasVolume({ Engine = '', DBClusterIdentifier, AllocatedStorage = 0 }: DBInstance): boolean {
  return DBClusterIdentifier === undefined && !Engine.startsWith('aurora') && AllocatedStorage > 1;
}

async function freeStorage(scene: Scene, instances: readonly DBInstance[]): Promise<ReadonlyMap<string, number>> {
  const wanted = instances.filter(hasVolume).flatMap(({ DBInstanceIdentifier: id }): MetricWanted[] =>
    id === undefined
      ? []
      : [
          {
            key: id,
            namespace: 'AWS/RDS',
            metric: 'FreeStorageSpace',
            dimensions: { DBInstanceIdentifier: id },
            statistic: 'Average',
            hides: scene.arn('rds', `db:${id}`),
          },
        ],
  );
  const read = await readMetrics(scene, wanted, { periodSeconds: 300, windowMs: 30 * 60_000 });
  return new Map([...read].flatMap(([key, values]) => (values[0] === undefined ? [] : [[key, values[0]] as const])));
}

function seeInstance(scene: Scene, instance: DBInstance, free: ReadonlyMap<string, number>): Seen {
  const { DBInstanceIdentifier: id = 'unnamed', DBInstanceArn, Engine, DBInstanceStatus, AllocatedStorage } = instance;
  return scene.see(DBInstanceArn ?? scene.arn('rds', `db:${id}`), id, {
    about: 'database',
    database: printable(id),
    kind: 'instance',
    engine: printable(Engine ?? 'unknown'),
    status: printable(DBInstanceStatus ?? 'unknown'),
    storageGib: hasVolume(instance) ? (AllocatedStorage ?? null) : null,
    growsToGib: instance.MaxAllocatedStorage ?? null,
    freeBytes: free.get(id) ?? null,
    certificateUntil: instance.CertificateDetails?.ValidTill?.getTime() ?? null,
  });
}

function seeCluster(
  scene: Scene,
  { DBClusterIdentifier: id = 'unnamed', DBClusterArn, Engine, Status }: DBCluster,
): Seen {
  return scene.see(DBClusterArn ?? scene.arn('rds', `cluster:${id}`), id, {
    about: 'database',
    database: printable(id),
    kind: 'cluster',
    engine: printable(Engine ?? 'unknown'),
    status: printable(Status ?? 'unknown'),
    storageGib: null,
    growsToGib: null,
    freeBytes: null,
    certificateUntil: null,
  });
}

/** By AWS's list of the statuses of DB instances and clusters (RDS User Guide, "Viewing Amazon RDS DB instance status"). */
const BAD: Readonly<Record<string, Severity>> = {
  failed: 'critical',
  'storage-full': 'critical',
  'inaccessible-encryption-credentials': 'critical',
  'inaccessible-encryption-credentials-recoverable': 'critical',
  'incompatible-network': 'critical',
  'incompatible-restore': 'critical',
  'incompatible-create': 'critical',
  'insufficient-capacity': 'high',
  'restore-error': 'high',
  'incompatible-parameters': 'high',
  'incompatible-option-group': 'high',
  'incompatible-credentials': 'high',
  'cloning-failed': 'high',
  'migration-failed': 'high',
};

const GIB = 2 ** 30;
const DAY_MS = 86_400_000;

function judge(seen: Seen, facts: DatabaseFacts, params: DatabasesParams, { now }: History): readonly FindingDraft[] {
  return [
    judgeStatus(seen, facts),
    judgeStorage(seen, facts, params.free),
    judgeCertificate(seen, facts, params.days, now),
  ].filter((draft) => draft !== null);
}

function judgeStatus({ resource }: Seen, facts: DatabaseFacts): FindingDraft | null {
  const { database, kind, engine, status } = facts;
  const severity = BAD[status];
  if (severity === undefined) return null;
  return {
    discriminator: 'status',
    severity,
    evidenceClass: status,
    title: `The database ${kind} ${database} is ${status}`,
    why: 'It does not serve, or will not after its next start.',
    next: `See its events: ${eventsLine(resource, facts)}`,
    evidence: evidenceFrom(sourceOf(kind), ['status', status], ['engine', engine]),
  };
}

function judgeStorage({ resource }: Seen, facts: DatabaseFacts, least: number): FindingDraft | null {
  const { database, storageGib, growsToGib, freeBytes } = facts;
  if (storageGib === null || freeBytes === null) return null;
  const whole = Math.max(storageGib, growsToGib ?? 0);
  const free = freeBytes / GIB + (whole - storageGib);
  const percent = (free / whole) * 100;
  if (percent >= least) return null;
  return {
    discriminator: 'storage',
    severity: percent < least / 3 ? 'critical' : 'high',
    title: `The database ${database} has ${free.toFixed(1)} GiB free of ${whole} GiB (${percent.toFixed(1)} %)`,
    why: 'When nothing is left it stops taking writes, and more storage can be added only once in six hours.',
    next: `Give it more: ${awsLine(resource, 'rds', 'describe-db-instances', '--db-instance-identifier', database)}`,
    evidence: [
      ...evidenceFrom('cloudwatch:GetMetricData FreeStorageSpace', ['free bytes', freeBytes]),
      ...evidenceFrom(sourceOf('instance'), ['storage GiB', storageGib], ['grows to GiB', growsToGib]),
    ],
  };
}

function judgeCertificate(
  { resource }: Seen,
  { database, kind, certificateUntil }: DatabaseFacts,
  [low, high, critical]: readonly [number, number, number],
  now: number,
): FindingDraft | null {
  if (certificateUntil === null) return null;
  const left = (certificateUntil - now) / DAY_MS;
  if (left >= low) return null;
  const isOver = left <= 0;
  return {
    discriminator: 'certificate',
    severity: left < critical ? 'critical' : left < high ? 'high' : 'low',
    evidenceClass: isOver ? 'expired' : 'expiring',
    title: `The certificate of the database ${database} ${isOver ? 'has expired' : `expires in ${formatDuration(certificateUntil - now)}`}`,
    why: 'Clients that verify it refuse to connect from then on.',
    next: `Choose a newer CA for it: ${awsLine(resource, 'rds', 'describe-certificates')}`,
    evidence: evidenceFrom(sourceOf(kind), ['valid till', new Date(certificateUntil).toISOString()]),
  };
}

function sourceOf(kind: DatabaseFacts['kind']): string {
  return kind === 'instance' ? 'rds:DescribeDBInstances' : 'rds:DescribeDBClusters';
}

function eventsLine(resource: string, { database, kind }: DatabaseFacts): string {
  return awsLine(
    resource,
    'rds',
    'describe-events',
    '--source-type',
    kind === 'instance' ? 'db-instance' : 'db-cluster',
    '--source-identifier',
    database,
  );
}
