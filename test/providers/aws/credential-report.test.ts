import { expect, test } from 'vitest';
import type { Account } from '../../../src/providers/aws/reader.ts';
import { readCredentialReport, ROOT } from '../../../src/providers/aws/credential-report.ts';
import { anAwsWorld, type AwsWorld } from '../../support/aws/aws-world.ts';
import { AwsError } from '../../support/aws/fake-aws.ts';
import { hasRecordings, recordings, replay } from '../../support/aws/recorded.ts';

const { signal } = new AbortController();

const HEADINGS =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';
const NO_KEY = 'false,N/A,N/A,N/A,N/A';
const ROOT_LINE = `<root_account>,arn:aws:iam::123456789012:root,2020-01-01T00:00:00+00:00,not_supported,2026-11-19T10:00:00+00:00,not_supported,not_supported,true,${NO_KEY},${NO_KEY},false,N/A,false,N/A`;
const rowOf = (user: string, path = '/'): string =>
  `${user},arn:aws:iam::123456789012:user${path}${user},2026-01-01T00:00:00+00:00,true,no_information,2026-01-02T00:00:00+00:00,N/A,false,true,2026-01-03T00:00:00+00:00,2026-11-01T00:00:00+00:00,eu-central-1,s3,false,2025-01-03T00:00:00+00:00,N/A,N/A,N/A,false,N/A,false,N/A`;
const GENERATED = new Date('2026-11-20T08:00:00Z');
const answer = (...lines: readonly string[]) => ({
  Content: Buffer.from([HEADINGS, ...lines].join('\n')),
  ReportFormat: 'text/csv',
  GeneratedTime: GENERATED,
});

async function theAccount({ reader }: AwsWorld): Promise<Account> {
  const [opened] = await reader.accounts({}, { signal });
  if (opened?.status !== 'open') throw new Error(JSON.stringify(opened));
  return opened.account;
}

const calls = ({ aws }: AwsWorld): readonly string[] =>
  aws.calls.map(({ operation }) => operation).filter((name) => name.startsWith('iam.'));

test('a report that is there is read, and none is made; what it does not say is null', async () => {
  const world = await anAwsWorld();
  world.aws.on('iam.GetCredentialReport', () => answer(ROOT_LINE, rowOf('ana')));
  const { home } = await theAccount(world);
  expect(await readCredentialReport(home, signal)).toEqual({
    status: 'seen',
    value: {
      generatedAt: GENERATED.getTime(),
      users: [
        {
          user: ROOT,
          arn: 'arn:aws:iam::123456789012:root',
          createdAt: Date.parse('2020-01-01T00:00:00Z'),
          hasPassword: null,
          passwordUsedAt: Date.parse('2026-11-19T10:00:00Z'),
          passwordChangedAt: null,
          hasMfa: true,
          keys: [],
        },
        {
          user: 'ana',
          arn: 'arn:aws:iam::123456789012:user/ana',
          createdAt: Date.parse('2026-01-01T00:00:00Z'),
          hasPassword: true,
          passwordUsedAt: null,
          passwordChangedAt: Date.parse('2026-01-02T00:00:00Z'),
          hasMfa: false,
          keys: [
            {
              slot: 1,
              isActive: true,
              changedAt: Date.parse('2026-01-03T00:00:00Z'),
              usedAt: Date.parse('2026-11-01T00:00:00Z'),
              service: 's3',
            },
            { slot: 2, isActive: false, changedAt: Date.parse('2025-01-03T00:00:00Z'), usedAt: null, service: null },
          ],
        },
      ],
    },
  });
  expect(calls(world)).toEqual(['iam.GetCredentialReport']);
});

test.each(['ReportNotPresent', 'ReportExpired', 'ReportInProgress'])(
  '%s: it is made, asked for until it is there, and that only once in a run',
  async (code) => {
    const world = await anAwsWorld();
    let asked = 0;
    world.aws.on('iam.GetCredentialReport', () => {
      asked += 1;
      if (asked === 1) throw new AwsError(code, code, 410);
      if (asked < 4) throw new AwsError('ReportInProgress', 'wait', 404);
      return answer(ROOT_LINE);
    });
    world.aws.on('iam.GenerateCredentialReport', () => ({ State: 'STARTED' }));
    const { home } = await theAccount(world);
    const [one, other] = await Promise.all([
      readCredentialReport(home, signal, [1, 1, 1, 1]),
      readCredentialReport(home, signal, [1, 1, 1, 1]),
    ]);
    expect(one).toMatchObject({ status: 'seen', value: { users: [{ user: ROOT }] } });
    expect(other).toEqual(one);
    expect(calls(world)).toEqual([
      'iam.GetCredentialReport',
      'iam.GenerateCredentialReport',
      'iam.GetCredentialReport',
      'iam.GetCredentialReport',
      'iam.GetCredentialReport',
    ]);
  },
);

test('one that is never made is unknown', async () => {
  const world = await anAwsWorld();
  world.aws.on('iam.GetCredentialReport', () => {
    throw new AwsError('ReportInProgress', 'wait', 404);
  });
  world.aws.on('iam.GenerateCredentialReport', () => ({ State: 'INPROGRESS' }));
  const { home } = await theAccount(world);
  expect(await readCredentialReport(home, signal, [1, 1])).toMatchObject({ failure: { code: 'REPORT_NOT_READY' } });
});

test.each(['iam.GetCredentialReport', 'iam.GenerateCredentialReport'] as const)(
  'without the right to %s it is unknown, and the right is named',
  async (denied) => {
    const world = await anAwsWorld();
    world.aws.on('iam.GetCredentialReport', () => {
      throw new AwsError('ReportNotPresent', 'none', 410);
    });
    world.aws.on(denied, () => {
      throw new AwsError('AccessDenied', 'no', 403);
    });
    const { home } = await theAccount(world);
    expect(await readCredentialReport(home, signal, [1])).toMatchObject({
      failure: { code: 'ACCESS_DENIED', message: expect.stringContaining(denied.replace('.', ':')) },
    });
  },
);

test('whoever stops waiting for it is let go, and does not stop it for others', async () => {
  const world = await anAwsWorld();
  let asked = 0;
  const stop = new AbortController();
  world.aws.on('iam.GetCredentialReport', () => {
    asked += 1;
    if (asked === 3) stop.abort(new Error('enough'));
    if (asked < 5) throw new AwsError('ReportInProgress', 'wait', 404);
    return answer(ROOT_LINE);
  });
  world.aws.on('iam.GenerateCredentialReport', () => ({ State: 'STARTED' }));
  const { home } = await theAccount(world);
  const pauses = [1, 1, 1, 1, 1];
  const impatient = readCredentialReport(home, stop.signal, pauses);
  const patient = readCredentialReport(home, signal, pauses);
  await expect(impatient).rejects.toThrow('enough');
  expect(await patient).toMatchObject({ status: 'seen' });
});

test.each([
  [
    'a comma in a name, quoted',
    `"a,b","arn:aws:iam::123456789012:user/a,b"${rowOf('').slice(rowOf('').indexOf(',2026'))}`,
  ],
  ['a comma in a name, not quoted', rowOf('a,b')],
])('%s', async (_, line) => {
  const world = await anAwsWorld();
  world.aws.on('iam.GetCredentialReport', () => answer(ROOT_LINE, line));
  const { home } = await theAccount(world);
  expect(await readCredentialReport(home, signal)).toMatchObject({
    value: {
      users: [{}, { user: 'a,b', arn: 'arn:aws:iam::123456789012:user/a,b', hasPassword: true, hasMfa: false }],
    },
  });
});

test.each([
  ['nothing', { Content: Buffer.from('') }],
  ['other columns', { Content: Buffer.from('user,arn\nana,arn:x') }],
  ['half a line', answer(ROOT_LINE, 'ana,arn:aws:iam::1:user/ana,2026')],
])('a report of %s is unknown, not one without users', async (_, sent) => {
  const world = await anAwsWorld();
  world.aws.on('iam.GetCredentialReport', () => sent);
  const { home } = await theAccount(world);
  expect(await readCredentialReport(home, signal)).toMatchObject({ failure: { code: 'ANSWER_INVALID' } });
});

test.runIf(hasRecordings)('the recorded report', async () => {
  const world = await anAwsWorld();
  replay(world.aws, await recordings());
  const { home } = await theAccount(world);
  const report = await readCredentialReport(home, signal);
  expect(report).toMatchObject({
    value: {
      users: [
        { user: 'alice', hasPassword: false, keys: [] },
        { user: 'bob-admin', hasPassword: true, hasMfa: false, keys: [{ slot: 1, isActive: true, usedAt: null }] },
        { user: 'ci-deploy', hasPassword: false, keys: [{ slot: 1 }] },
      ],
    },
  });
});
