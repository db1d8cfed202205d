import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { OpenedAccount } from '../../../src/providers/aws/reader.ts';
import { describeInstances, describeSecurityGroups } from '../../../src/providers/aws/reads/ec2.ts';
import { getCostAndUsage } from '../../../src/providers/aws/reads/money.ts';
import { listBuckets } from '../../../src/providers/aws/reads/storage.ts';
import { AwsError, RawAnswer } from '../../support/aws/fake-aws.ts';
import { anAwsWorld, REGION, type AwsWorld } from '../../support/aws/aws-world.ts';

const signal = new AbortController().signal;

async function opened({ reader }: AwsWorld, choice = {}): Promise<readonly OpenedAccount[]> {
  return reader.accounts(choice, { signal });
}

async function theAccount(world: AwsWorld, choice = {}) {
  const [only] = await opened(world, choice);
  if (only?.status !== 'open') throw new Error(JSON.stringify(only));
  return only.account;
}

function withoutKeys(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
}

test('without any credentials the account is closed and says how to log in', async () => {
  const world = await anAwsWorld();
  withoutKeys();
  expect(await world.reader.isConfigured()).toBe(false);
  const [only] = await opened(world);
  expect(only).toMatchObject({ status: 'closed', profile: null, failure: { code: 'NO_CREDENTIALS' } });
  expect(world.aws.calls).toEqual([]);
});

test('a profile that there is not is closed, and the message names it', async () => {
  const world = await anAwsWorld();
  const [only] = await opened(world, { profiles: ['nobody'] });
  expect(only).toMatchObject({ status: 'closed', profile: 'nobody', failure: { code: 'NO_CREDENTIALS' } });
  expect(only?.status === 'closed' ? only.failure.message : '').toContain('nobody');
  const [none] = await opened(world, { profiles: ['prod-*'] });
  expect(none).toMatchObject({ status: 'closed', failure: { code: 'NO_SUCH_PROFILE' } });
});

test('an SSO session that has expired says so, and how to log in again', async () => {
  const world = await anAwsWorld();
  withoutKeys();
  world.config(`[profile corp]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = ReadOnly
region = eu-central-1
[sso-session corp]
sso_region = eu-central-1
sso_start_url = https://corp.awsapps.com/start
sso_registration_scopes = sso:account:access
`);
  const cache = join(world.deps.home, '.aws/sso/cache');
  mkdirSync(cache, { recursive: true });
  const token = {
    accessToken: 'sso-token-of-yesterday',
    expiresAt: '2020-01-01T00:00:00Z',
    region: 'eu-central-1',
    startUrl: 'https://corp.awsapps.com/start',
  };
  writeFileSync(join(cache, `${createHash('sha1').update('corp').digest('hex')}.json`), JSON.stringify(token));
  const [only] = await opened(world, { profiles: ['corp'] });
  expect(only).toMatchObject({ status: 'closed', profile: 'corp', failure: { code: 'CREDENTIALS_EXPIRED' } });
  const message = only?.status === 'closed' ? only.failure.message : '';
  expect(message).toContain('aws sso login --profile corp');
  expect(message).not.toContain('sso-token-of-yesterday');
});

test('a profile may have its credentials of a program, and its region of its own', async () => {
  const world = await anAwsWorld();
  withoutKeys();
  vi.stubEnv('AWS_REGION', undefined);
  const program = join(world.deps.home, 'credentials.sh');
  writeFileSync(
    program,
    `#!/bin/sh\necho '{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"secret-of-the-program"}'\n`,
  );
  chmodSync(program, 0o700);
  world.config(`[profile by-program]\ncredential_process = ${program}\nregion = eu-west-3\n`);
  world.aws.accounts.set('AKIAPROCESS', { account: '210987654321', arn: 'arn:aws:iam::210987654321:user/program' });
  const account = await theAccount(world, { profiles: ['by-program'] });
  expect(account).toMatchObject({ id: '210987654321', profile: 'by-program' });
  expect(account.places.map(({ region }) => region)).toEqual(['eu-west-3']);
  expect(world.learnt).toContain('secret-of-the-program');
});

test('a profile that assumes a role is the account of the role', async () => {
  const world = await anAwsWorld();
  withoutKeys();
  world.config(`[profile base]
aws_access_key_id = AKIABASE
aws_secret_access_key = secret-of-the-base
region = eu-central-1
[profile audit]
role_arn = arn:aws:iam::111122223333:role/audit
source_profile = base
region = eu-central-1
`);
  world.aws.accounts.set('ASIAROLE', {
    account: '111122223333',
    arn: 'arn:aws:sts::111122223333:assumed-role/audit/holdfast',
  });
  world.aws.on('sts.AssumeRole', ({ RoleArn }: { RoleArn: string }) => {
    expect(RoleArn).toBe('arn:aws:iam::111122223333:role/audit');
    const Expiration = new Date(Date.now() + 3_600_000);
    return {
      Credentials: {
        AccessKeyId: 'ASIAROLE',
        SecretAccessKey: 'secret-of-the-role',
        SessionToken: 'token-of-the-role',
        Expiration,
      },
    };
  });
  const account = await theAccount(world, { profiles: ['audit'] });
  expect(account).toMatchObject({
    id: '111122223333',
    principal: 'arn:aws:sts::111122223333:assumed-role/audit/holdfast',
  });
  expect(world.learnt).toEqual(expect.arrayContaining(['secret-of-the-role', 'token-of-the-role']));
});

test('several profiles are several accounts, and one that fails does not close the others', async () => {
  const world = await anAwsWorld();
  withoutKeys();
  world.config(`[profile prod-a]
aws_access_key_id = AKIAA
aws_secret_access_key = secret-a
region = eu-central-1
[profile prod-b]
aws_access_key_id = AKIAB
aws_secret_access_key = secret-b
region = us-west-2
[profile prod-a-again]
aws_access_key_id = AKIAA
aws_secret_access_key = secret-a
region = eu-central-1
`);
  world.aws.accounts.set('AKIAA', { account: '111111111111', arn: 'arn:aws:iam::111111111111:user/a' });
  world.aws.accounts.set('AKIAB', { account: '222222222222', arn: 'arn:aws:iam::222222222222:user/b' });
  const all = await opened(world, { profiles: ['prod-*', 'nobody'] });
  expect(all.map((each) => (each.status === 'open' ? each.account.id : each.failure.code))).toEqual([
    '111111111111',
    '222222222222',
    'NO_CREDENTIALS',
  ]);
});

test('a profile may send its calls elsewhere, of all services or of one', async () => {
  const world = await anAwsWorld();
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  world.config(`[profile lab]
aws_access_key_id = AKIAFAKE
aws_secret_access_key = secret-of-the-lab
region = eu-central-1
endpoint_url = ${world.aws.url}
[profile half]
aws_access_key_id = AKIAFAKE
aws_secret_access_key = secret-of-the-lab
region = eu-central-1
services = lab
[services lab]
sts =
  endpoint_url = ${world.aws.url}
ec2 =
  endpoint_url = ${world.aws.url}
`);
  world.aws.on('ec2.DescribeInstances', () => ({ Reservations: [] }));
  for (const profile of ['lab', 'half']) {
    const account = await theAccount(world, { profiles: [profile] });
    expect(await account.places[0]?.list(describeInstances, {}, signal)).toEqual({ items: [], failure: null });
  }
});

test('what the configuration says is read anew by every run', async () => {
  const world = await anAwsWorld();
  const text = (region: string) =>
    `[profile moving]\naws_access_key_id = AKIAFAKE\naws_secret_access_key = secret\nregion = ${region}\n`;
  vi.stubEnv('AWS_REGION', undefined);
  world.config(text('eu-west-1'));
  expect((await theAccount(world, { profiles: ['moving'] })).places[0]?.region).toBe('eu-west-1');
  world.config(text('eu-west-2'));
  expect((await theAccount(world, { profiles: ['moving'] })).places[0]?.region).toBe('eu-west-2');
});

test('regions: names and patterns among those that are turned on; others are closed by name', async () => {
  const world = await anAwsWorld();
  world.aws.on('ec2.DescribeRegions', () => ({
    Regions: ['eu-central-1', 'eu-west-1', 'us-east-1'].map((RegionName) => ({ RegionName })),
  }));
  const account = await theAccount(world, { regions: ['eu-*', 'ap-southeast-3', 'eu-nowhere-9'] });
  expect(account.places.map(({ region }) => region)).toEqual(['eu-central-1', 'eu-west-1']);
  expect(account.closed.map(({ region, failure }) => [region, failure.code])).toEqual([
    ['ap-southeast-3', 'REGION_NOT_ENABLED'],
    ['eu-nowhere-9', 'REGION_NOT_ENABLED'],
  ]);
});

test('who may not list the regions still gets those that are named', async () => {
  const world = await anAwsWorld();
  world.aws.on('ec2.DescribeRegions', () => {
    throw new AwsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  });
  const account = await theAccount(world, { regions: ['eu-west-1', 'us-*'] });
  expect(account.places.map(({ region }) => region)).toEqual(['eu-west-1']);
  expect(account.closed).toMatchObject([{ region: 'us-*', failure: { code: 'ACCESS_DENIED' } }]);
});

test('without a region anywhere, that is said', async () => {
  const world = await anAwsWorld();
  vi.stubEnv('AWS_REGION', undefined);
  const account = await theAccount(world);
  expect(account.places).toEqual([]);
  expect(account.closed).toMatchObject([{ failure: { code: 'NO_REGION' } }]);
});

test('a region in which the keys are not known is closed for what was asked there', async () => {
  const world = await anAwsWorld();
  world.aws.on('ec2.DescribeInstances', () => {
    throw new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  });
  const account = await theAccount(world);
  const { failure } = await account.in('af-south-1').list(describeInstances, {}, signal);
  expect(failure).toMatchObject({ code: 'CREDENTIALS_INVALID' });
  expect(failure?.message).toMatch(/af-south-1.*turned on/);
});

test('a storm of throttling is asked through, and told when it does not end', { timeout: 60_000 }, async () => {
  const world = await anAwsWorld();
  vi.stubEnv('AWS_MAX_ATTEMPTS', '3');
  let refusals = 2;
  world.aws.on('ec2.DescribeInstances', () => {
    if (refusals > 0) {
      refusals -= 1;
      throw new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    }
    return { Reservations: [] };
  });
  const account = await theAccount(world);
  expect(await account.in(REGION).list(describeInstances, {}, signal)).toEqual({ items: [], failure: null });
  world.aws.on('ec2.DescribeSecurityGroups', () => {
    throw new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
  });
  const storm = await account.in(REGION).list(describeSecurityGroups, {}, signal);
  expect(storm.failure).toMatchObject({ code: 'THROTTLED' });
});

test('half a page, then an error: what came before stands, and the rest is not known', async () => {
  const world = await anAwsWorld();
  world.aws.on('ec2.DescribeSecurityGroups', ({ NextToken }: { NextToken?: string }) => {
    if (NextToken !== undefined) throw new AwsError('UnauthorizedOperation', 'no more of it', 403);
    return { SecurityGroups: [{ GroupId: 'sg-1' }], NextToken: 'two' };
  });
  const account = await theAccount(world);
  const listed = await account.in(REGION).list(describeSecurityGroups, {}, signal);
  expect(listed.items).toEqual([{ GroupId: 'sg-1' }]);
  expect(listed.failure).toMatchObject({ code: 'ACCESS_DENIED' });
  expect(listed.failure?.message).toContain('ec2:DescribeSecurityGroups');
});

test('the same page again and again is no list', async () => {
  const world = await anAwsWorld();
  world.aws.on('ec2.DescribeSecurityGroups', () => ({ SecurityGroups: [{ GroupId: 'sg-1' }], NextToken: 'again' }));
  const account = await theAccount(world);
  expect((await account.in(REGION).list(describeSecurityGroups, {}, signal)).failure).toMatchObject({
    code: 'ANSWER_INVALID',
  });
});

const COSTS = {
  TimePeriod: { Start: '2026-11-01', End: '2026-11-02' },
  Granularity: 'DAILY' as const,
  Metrics: ['UnblendedCost'],
};

test('XML under a JSON protocol is a refusal when it says 403, and no answer otherwise', async () => {
  const world = await anAwsWorld();
  const xml = '<?xml version="1.0"?><ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>';
  world.aws.on(
    'costExplorer.GetCostAndUsage',
    () => new RawAnswer({ status: 403, headers: { 'content-type': 'text/xml' }, body: xml }),
  );
  const { home } = await theAccount(world);
  const refused = await home.ask(getCostAndUsage, COSTS, signal);
  expect(refused).toMatchObject({ status: 'unknown', failure: { code: 'HTTP_403' } });
  expect(JSON.stringify(refused)).toContain('ce:GetCostAndUsage');
  world.aws.on(
    'costExplorer.GetCostAndUsage',
    () => new RawAnswer({ status: 200, headers: {}, body: '<!doctype html><p>portal' }),
  );
  const portal = await home.ask(getCostAndUsage, { ...COSTS, Granularity: 'MONTHLY' }, signal);
  expect(portal).toMatchObject({ status: 'unknown', failure: { code: 'ANSWER_INVALID' } });
});

test('half an answer is none', async () => {
  const world = await anAwsWorld();
  world.aws.on(
    's3.ListBuckets',
    () =>
      new RawAnswer({
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: '<ListAllMyBucketsResult><Buckets><Bucket><Na',
      }),
  );
  const { home } = await theAccount(world);
  const listed = await home.list(listBuckets, {}, signal);
  expect(listed.failure).not.toBeNull();
  expect(listed.items).toEqual([]);
});

test('a clock that is wrong is said to be', async () => {
  const world = await anAwsWorld();
  world.aws.on('ec2.DescribeInstances', () => {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'Signature not yet current: 20261126T120000Z is still later than 20261126T100500Z',
      403,
    );
  });
  world.aws.on('s3.ListBuckets', () => {
    throw new AwsError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
    );
  });
  const { home, places } = await theAccount(world);
  expect((await places[0]?.list(describeInstances, {}, signal))?.failure).toMatchObject({ code: 'CLOCK_SKEW' });
  expect((await home.list(listBuckets, {}, signal)).failure).toMatchObject({ code: 'CLOCK_SKEW' });
});

test('what answers to GetCallerIdentity with no account is not taken for AWS', async () => {
  const world = await anAwsWorld();
  world.aws.on('sts.GetCallerIdentity', () => ({ UserId: 'x' }));
  expect(await opened(world)).toMatchObject([{ status: 'closed', failure: { code: 'ANSWER_INVALID' } }]);
});

test('nobody at the address: the code of the system, and no credential in the words', async () => {
  const world = await anAwsWorld();
  await world.aws.close();
  const [only] = await opened(world);
  expect(only).toMatchObject({ status: 'closed', failure: { code: 'ECONNREFUSED' } });
  expect(JSON.stringify(only)).not.toContain('not-a-secret-of-anyone');
});

test('who is told to stop stops waiting, while others wait on', async () => {
  const world = await anAwsWorld();
  let release: (() => void) | null = null;
  world.aws.on('ec2.DescribeInstances', async () => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return { Reservations: [] };
  });
  const account = await theAccount(world);
  const place = account.in(REGION);
  const impatient = new AbortController();
  const first = place.list(describeInstances, {}, impatient.signal);
  const second = place.list(describeInstances, {}, signal);
  await vi.waitFor(() => expect(release).not.toBeNull());
  impatient.abort();
  await expect(first).rejects.toThrow();
  (release as (() => void) | null)?.();
  expect(await second).toEqual({ items: [], failure: null });
  expect(world.aws.calls.filter(({ operation }) => operation === 'ec2.DescribeInstances')).toHaveLength(1);
});

test('a proxy of the environment is used, and NO_PROXY is heard', async () => {
  const world = await anAwsWorld();
  vi.stubEnv('HTTP_PROXY', world.aws.url);
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://sts.aws.invalid');
  expect(await opened(world)).toMatchObject([{ status: 'open' }]);
  vi.stubEnv('NO_PROXY', 'sts.aws.invalid');
  expect(await opened(world)).toMatchObject([{ status: 'closed', failure: { code: 'ENOTFOUND' } }]);
});
