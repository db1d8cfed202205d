import type { InventorySource } from '../../domain/inventory.ts';
import { takesAllEvents, type AwsReader, type Place } from '../../providers/aws/reader.ts';
import { getAccountPasswordPolicy } from '../../providers/aws/reads/identity.ts';
import {
  describeTrails,
  getDetector,
  getEventSelectors,
  getTrailStatus,
  listDetectors,
  type Trail,
} from '../../providers/aws/reads/watch.ts';
import { scanAws, type Scan } from './scan.ts';

export const source: InventorySource<AwsReader> = {
  id: 'aws/account-guards',
  title: 'What watches over the account',
  description: `What somebody turns off first who does not want to be seen:

- **password-policy**: what IAM asks of passwords, or that it asks nothing.
- **trail**: each trail of CloudTrail that is seen from the regions looked at: its bucket, whether it is for all regions or the whole organisation, whether it logs, whether it takes in all management events, and whether its files are signed.
- **detector**: GuardDuty in each of the regions looked at: on, suspended, or not there.

A trail for all regions is seen from any of them; one for a single region only from there. When a trail last delivered is left out, as it changes by itself.`,
  kinds: {
    'password-policy': { noun: 'the password policy', added: 'low', removed: 'medium', changed: 'medium' },
    trail: { noun: 'a trail', added: 'low', removed: 'high', changed: 'high' },
    detector: { noun: 'GuardDuty in a region', added: 'low', removed: 'medium', changed: 'high' },
  },
  timeoutMs: 120_000,
  read: (reader, context) => scanAws(reader, context, Object.keys(source.kinds), 'account', readGuards),
};

async function readGuards(scan: Scan): Promise<void> {
  for (const { region, failure } of scan.account.closed) {
    scan.hide('detector', /^[a-z0-9-]+$/.test(region) ? region : null, failure);
    scan.hide('trail', null, failure);
  }
  await Promise.all([
    readPasswordPolicy(scan),
    readTrails(scan),
    ...scan.account.places.map((place) => readDetector(scan, place)),
  ]);
}

async function readPasswordPolicy(scan: Scan): Promise<void> {
  const answer = await scan.ask(getAccountPasswordPolicy, {}, ['password-policy'], 'account');
  if (answer === undefined) return;
  const policy = answer?.PasswordPolicy;
  if (policy === undefined) return scan.fact('password-policy', 'account', { set: false });
  const { MinimumPasswordLength, MaxPasswordAge, PasswordReusePrevention, HardExpiry } = policy;
  scan.fact('password-policy', 'account', {
    set: true,
    length: MinimumPasswordLength ?? null,
    symbols: policy.RequireSymbols === true,
    numbers: policy.RequireNumbers === true,
    capitals: policy.RequireUppercaseCharacters === true,
    smallLetters: policy.RequireLowercaseCharacters === true,
    ownersMayChange: policy.AllowUsersToChangePassword === true,
    maxAgeDays: MaxPasswordAge ?? null,
    remembered: PasswordReusePrevention ?? 0,
    expiresHard: HardExpiry === true,
  });
}

async function readTrails(scan: Scan): Promise<void> {
  const places = scan.account.places.length === 0 ? [scan.account.home] : scan.account.places;
  const answers = await Promise.all(places.map((place) => scan.ask(describeTrails, {}, ['trail'], undefined, place)));
  const byArn = new Map<string, Trail>();
  for (const answer of answers) for (const trail of answer?.trailList ?? []) byArn.set(trail.TrailARN ?? '', trail);
  await Promise.all([...byArn].map(([arn, trail]) => readTrail(scan, arn, trail)));
}

async function readTrail(scan: Scan, arn: string, trail: Trail): Promise<void> {
  const { Name = arn, HomeRegion = scan.account.home.region } = trail;
  const name = `${HomeRegion}/${Name}`;
  const home = scan.account.in(HomeRegion);
  const status = await scan.ask(getTrailStatus, { Name: arn }, ['trail'], name, home);
  const events = await scan.ask(getEventSelectors, { TrailName: arn }, ['trail'], name, home);
  scan.fact('trail', name, {
    arn,
    allRegions: trail.IsMultiRegionTrail === true,
    ofOrganisation: trail.IsOrganizationTrail === true,
    logging: status?.IsLogging ?? null,
    allManagementEvents: events === undefined ? null : takesAllEvents(events ?? {}),
    signed: trail.LogFileValidationEnabled === true,
    bucket: trail.S3BucketName ?? null,
    prefix: trail.S3KeyPrefix ?? null,
    key: trail.KmsKeyId ?? null,
    logGroup: trail.CloudWatchLogsLogGroupArn ?? null,
    globalEvents: trail.IncludeGlobalServiceEvents === true,
  });
}

async function readDetector(scan: Scan, place: Place): Promise<void> {
  const { region } = place;
  const { items, failure } = await place.list(listDetectors, {}, scan.signal);
  if (failure !== null) return scan.hide('detector', region, failure);
  const [detector] = items.toSorted();
  if (detector === undefined) return scan.fact('detector', region, { detector: null, status: 'none' });
  const answer = await scan.ask(getDetector, { DetectorId: detector }, ['detector'], region, place);
  scan.fact('detector', region, { detector, status: answer?.Status ?? null });
}
