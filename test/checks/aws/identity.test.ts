import { describe, expect, test } from 'vitest';
import { check as auditTrail } from '../../../src/checks/aws/audit-trail.ts';
import { check as permissions } from '../../../src/checks/aws/identity-permissions.ts';
import { check as root } from '../../../src/checks/aws/identity-root.ts';
import { check as trustCheck } from '../../../src/checks/aws/identity-trust.ts';
import { check as users } from '../../../src/checks/aws/identity-users.ts';
import type { Check } from '../../../src/domain/check.ts';
import type { AwsReader } from '../../../src/providers/aws/reader.ts';
import type { ServiceName } from '../../../src/providers/aws/services.ts';
import { aRole, aUser, allow, credentialReport, IAM, trust, type ReportRow } from '../../support/aws/an-account.ts';
import { anAwsWorld, REGION, type AwsWorld } from '../../support/aws/aws-world.ts';
import { emptyAccount } from '../../support/aws/empty-account.ts';
import { ACCOUNT, AwsError } from '../../support/aws/fake-aws.ts';
import { hasRecordings, recordings, replay } from '../../support/aws/recorded.ts';
import { look, type Look } from '../../support/look.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY = 86_400_000;
const ago = (days: number): string => new Date(NOW - days * DAY).toISOString();

const ask = <Params>(check: Check<AwsReader, Params>, { reader }: AwsWorld, input: object = {}): Promise<Look> =>
  look(check, reader, input, { now: NOW });
const told = ({ drafts }: Look) => drafts.map(({ severity, discriminator }) => `${severity} ${discriminator}`);
const titles = ({ drafts }: Look) => drafts.map(({ title }) => title);
const hidden = ({ observations }: Look) =>
  observations.flatMap((each) => (each.status === 'unknown' ? [[each.resource, each.failure.code]] : []));

function deny({ aws }: AwsWorld, ...operations: readonly `${ServiceName}.${string}`[]): void {
  for (const operation of operations)
    aws.on(operation, () => {
      throw new AwsError('AccessDenied', 'no', 403);
    });
}

test('an account in which nobody and nothing is: but for what should watch over it, it is well', async () => {
  const world = await anAwsWorld();
  await emptyAccount(world.aws);
  for (const check of [root, users, permissions, trustCheck]) {
    const seen = await ask<unknown>(check as Check<AwsReader>, world);
    expect(seen.drafts, check.id).toEqual([]);
    expect(hidden(seen), check.id).toEqual([]);
  }
  expect(told(await ask(auditTrail, world))).toEqual(['medium guardduty-off', 'high no-trail']);
});

describe('the root user', () => {
  const ROOT_ROW: ReportRow = { user: '<root_account>', password_enabled: 'not_supported', mfa_active: 'true' };
  async function aRoot(summary: object, row: ReportRow = ROOT_ROW): Promise<AwsWorld> {
    const world = await anAwsWorld();
    world.aws.on('iam.GetAccountSummary', () => ({ SummaryMap: summary }));
    world.aws.on('iam.GetCredentialReport', () => credentialReport(new Date(NOW), row));
    return world;
  }
  const SAFE = { AccountAccessKeysPresent: 0, AccountMFAEnabled: 1, AccountPasswordPresent: 1 };

  test('without keys, with a second factor and not used for long is well', async () => {
    const seen = await ask(root, await aRoot(SAFE, { ...ROOT_ROW, password_last_used: ago(8) }));
    expect(seen.drafts).toEqual([]);
    expect(hidden(seen)).toEqual([]);
  });

  test('with keys, without a second factor, and used', async () => {
    const world = await aRoot(
      { AccountAccessKeysPresent: 1, AccountMFAEnabled: 0, AccountPasswordPresent: 1 },
      {
        ...ROOT_ROW,
        password_last_used: ago(3),
        access_key_1_active: 'true',
        access_key_1_last_rotated: ago(400),
        access_key_1_last_used_date: ago(1),
        access_key_1_last_used_service: 's3',
      },
    );
    const seen = await ask(root, world);
    expect(told(seen)).toEqual(['critical access-keys', 'critical no-mfa', 'medium used']);
    expect(titles(seen)[2]).toBe(`The root user of account ${ACCOUNT} was used 1 d ago: its access key 1 (s3)`);
    expect(seen.observations.map(({ resource }) => resource)).toContain(`${IAM}:root`);
    expect(told(await ask(root, world, { usedWithin: '12h' }))).toEqual(['critical access-keys', 'critical no-mfa']);
  });

  test('without a password there is nothing for a second factor to guard', async () => {
    const world = await aRoot({ AccountAccessKeysPresent: 0, AccountMFAEnabled: 0, AccountPasswordPresent: 0 });
    expect((await ask(root, world)).drafts).toEqual([]);
  });

  test('what one answer does not say, the other does', async () => {
    const world = await aRoot({ AccountAccessKeysPresent: 1, AccountMFAEnabled: 0 });
    deny(world, 'iam.GetCredentialReport');
    const seen = await ask(root, world);
    expect(told(seen)).toEqual(['critical access-keys', 'critical no-mfa']);
    expect(hidden(seen)).toEqual([[`${IAM}:root`, 'ACCESS_DENIED']]);
  });

  test('without the summary, keys and second factor are unknown', async () => {
    const world = await aRoot(SAFE, { ...ROOT_ROW, password_last_used: ago(1) });
    deny(world, 'iam.GetAccountSummary');
    const seen = await ask(root, world);
    expect(told(seen)).toEqual(['medium used']);
    expect(hidden(seen)).toEqual([[`${IAM}:root`, 'ACCESS_DENIED']]);
  });
});

describe('users', () => {
  async function report(...rows: readonly ReportRow[]): Promise<AwsWorld> {
    const world = await anAwsWorld();
    world.aws.on('iam.GetCredentialReport', () =>
      credentialReport(
        new Date(NOW),
        { user: '<root_account>', mfa_active: 'false', password_enabled: 'true' },
        ...rows,
      ),
    );
    return world;
  }
  const console = { password_enabled: 'true', password_last_changed: ago(500) };
  const key = (changed: number, used: number | null) => ({
    access_key_1_active: 'true',
    access_key_1_last_rotated: ago(changed),
    access_key_1_last_used_date: used === null ? 'N/A' : ago(used),
    access_key_1_last_used_service: used === null ? 'N/A' : 's3',
  });

  test('with a second factor, a used password and a young key are well; the root user is not one of them', async () => {
    const world = await report({
      user: 'ana',
      ...console,
      ...key(30, 2),
      mfa_active: 'true',
      password_last_used: ago(2),
    });
    const seen = await ask(users, world);
    expect(seen.drafts).toEqual([]);
    expect(hidden(seen)).toEqual([]);
  });

  test.each([
    ['no second factor', { ...console, password_last_used: ago(1) }, ['high no-mfa']],
    ['no second factor and no password', { mfa_active: 'false' }, []],
    ['a key that is old and used', key(91, 1), ['medium key-1-old']],
    ['a key that is not old', key(89, 1), []],
    ['a key that is not used', key(200, 46), ['medium key-1-unused']],
    ['a key that was never used', key(46, null), ['low key-1-never-used']],
    ['a key that was just made', key(1, null), []],
    ['a key that was turned on again', key(10, 200), []],
    ['a key that is not active', { ...key(500, 400), access_key_1_active: 'false' }, []],
    [
      'the other slot',
      { access_key_2_active: 'true', access_key_2_last_rotated: ago(91), access_key_2_last_used_date: ago(1) },
      ['medium key-2-old'],
    ],
    ['a password not used', { ...console, mfa_active: 'true', password_last_used: ago(46) }, ['low password-unused']],
    [
      'a password never used',
      { ...console, mfa_active: 'true', password_last_used: 'no_information' },
      ['low password-unused'],
    ],
    [
      'a password just set',
      { ...console, mfa_active: 'true', password_last_used: ago(300), password_last_changed: ago(3) },
      [],
    ],
  ])('%s', async (_, row, expected) => {
    const seen = await ask(users, await report({ user: 'ana', ...row }));
    expect(told(seen)).toEqual(expected);
  });

  test('parameters move the limits, and leave out who is known', async () => {
    const world = await report({ user: 'ci-1', ...key(50, 1) }, { user: 'ana', ...key(50, 1) });
    expect((await ask(users, world)).drafts).toEqual([]);
    const seen = await ask(users, world, { keyAge: '40d', ignore: ['ci-*'] });
    expect(titles(seen)).toEqual(['Access key 1 of user ana is 50 d old']);
  });

  test.each([['iam.GetCredentialReport' as const], ['iam.GenerateCredentialReport' as const]])(
    'without %s users are unknown',
    async (operation) => {
      const world = await anAwsWorld();
      world.aws.on('iam.GetCredentialReport', () => {
        throw new AwsError('ReportNotPresent', 'none', 410);
      });
      deny(world, operation);
      const seen = await ask(users, world);
      expect(hidden(seen)).toEqual([[`${IAM}:user/*`, 'ACCESS_DENIED']]);
    },
  );

  test.runIf(hasRecordings)('as they were recorded', async () => {
    const world = await anAwsWorld();
    replay(world.aws, await recordings());
    expect(titles(await ask(users, world))).toEqual([
      'User bob-admin can log in to the console without a second factor',
    ]);
  });
});

describe('permissions', () => {
  async function details(...pages: readonly object[]): Promise<AwsWorld> {
    const world = await anAwsWorld();
    world.aws.on('iam.GetAccountAuthorizationDetails', ({ Marker = '0' }: { Marker?: string }) => {
      const at = Number(Marker);
      const more = at + 1 < pages.length;
      return { ...pages[at], IsTruncated: more, ...(more ? { Marker: String(at + 1) } : {}) };
    });
    return world;
  }

  test('500 roles over several pages: administrators and who can become one are told, in their severities', async () => {
    const roles = Array.from({ length: 500 }, (_, index) =>
      aRole(`app-${index}`, allow(['s3:GetObject', 'iam:PassRole'], [`${IAM}:role/app-${index}`, 'arn:aws:s3:::a/*'])),
    );
    const pages = [
      {
        UserDetailList: [aUser('ana', allow('*')), aUser('ben', allow('iam:PutUserPolicy'))],
        RoleDetailList: roles.slice(0, 200),
      },
      {
        RoleDetailList: [
          ...roles.slice(200, 400),
          aRole('admin', allow('*')),
          aRole('deploy', allow(['iam:PassRole', 'ec2:RunInstances'])),
        ],
      },
      { RoleDetailList: roles.slice(400), UserDetailList: [aUser('eve', allow('lambda:UpdateFunctionCode'))] },
    ];
    const world = await details(...pages);
    const seen = await ask(permissions, world);
    expect(seen.drafts.map(({ severity, title }) => `${severity}: ${title}`).toSorted()).toEqual([
      'high: Role deploy can make itself an administrator: iam:PassRole + ec2:RunInstances',
      'high: User ana may do everything in the account',
      'high: User ben can make itself an administrator: iam:PutUserPolicy',
      'medium: Role admin may do everything in the account',
      'medium: User eve can act as whatever runs already: lambda:UpdateFunctionCode',
    ]);
    expect(hidden(seen)).toEqual([]);
    expect(world.aws.calls.filter(({ operation }) => operation === 'iam.GetAccountAuthorizationDetails')).toHaveLength(
      3,
    );
  });

  test('who is meant to be an administrator is not told, nor are service-linked roles', async () => {
    const linked = { ...aRole('AWSServiceRoleForX', allow('*')), Path: '/aws-service-role/x.amazonaws.com/' };
    const world = await details({
      RoleDetailList: [aRole('admin', allow('*')), aRole('break-glass', allow('*')), linked],
    });
    expect(told(await ask(permissions, world, { administrators: ['role/admin', `${IAM}:role/break-*`] }))).toEqual([]);
    expect(told(await ask(permissions, world, { administrators: ['user/admin'] }))).toEqual([
      'medium administrator',
      'medium administrator',
    ]);
  });

  test('a condition lowers the severity', async () => {
    const mfa = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };
    const world = await details({
      UserDetailList: [aUser('ana', allow('*', '*', mfa)), aUser('ben', allow('iam:CreateAccessKey', '*', mfa))],
    });
    const seen = await ask(permissions, world);
    expect(told(seen)).toEqual(['medium administrator', 'medium escalates']);
    expect(seen.drafts.map(({ evidenceClass }) => evidenceClass)).toEqual(['conditional', 'conditional']);
  });

  test('a page that could not be read hides everything of IAM, and who was read before it is still told', async () => {
    const world = await anAwsWorld();
    world.aws.on('iam.GetAccountAuthorizationDetails', ({ Marker }: { Marker?: string }) => {
      if (Marker !== undefined) throw new AwsError('AccessDenied', 'no', 403);
      return { UserDetailList: [aUser('ana', allow('*'))], IsTruncated: true, Marker: 'next' };
    });
    const seen = await ask(permissions, world);
    expect(told(seen)).toEqual(['high administrator']);
    expect(hidden(seen)).toEqual([[`${IAM}:*`, 'ACCESS_DENIED']]);
  });

  test('an identity with a policy that can not be read is unknown, and it alone', async () => {
    const world = await details({
      UserDetailList: [
        { ...aUser('ana', allow('*')), AttachedManagedPolicies: [{ PolicyName: 'x', PolicyArn: `${IAM}:policy/x` }] },
        aUser('ben', allow('*')),
      ],
    });
    const seen = await ask(permissions, world);
    expect(titles(seen)).toEqual(['User ben may do everything in the account']);
    expect(hidden(seen)).toEqual([[`${IAM}:user/ana`, 'POLICY_MISSING']]);
  });
});

describe('trust', () => {
  const OTHER = '111122223333';
  const GITHUB = 'token.actions.githubusercontent.com';
  async function roles(...trusts: readonly (readonly [name: string, document: string, admin?: boolean])[]) {
    const world = await anAwsWorld();
    world.aws.on('iam.GetAccountAuthorizationDetails', () => ({
      RoleDetailList: trusts.map(([name, document, admin = false]) => ({
        ...aRole(name, ...(admin ? [allow('*')] : [])),
        AssumeRolePolicyDocument: document,
      })),
      IsTruncated: false,
    }));
    return world;
  }

  test('services and the account itself are well', async () => {
    const world = await roles(
      ['ec2', trust({ Service: 'ec2.amazonaws.com' }), true],
      ['own', trust({ AWS: `${IAM}:root` }), true],
      [
        'ci',
        trust(
          { Federated: `${IAM}:oidc-provider/${GITHUB}` },
          { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/*' } },
          'sts:AssumeRoleWithWebIdentity',
        ),
      ],
    );
    const seen = await ask(trustCheck, world);
    expect(seen.drafts).toEqual([]);
    expect(hidden(seen)).toEqual([]);
  });

  test.each([
    ['everyone', trust('*'), false, ['critical everyone']],
    ['everyone with an external id', trust('*', { StringEquals: { 'sts:ExternalId': 'x' } }), false, ['high everyone']],
    [
      'everyone of an organisation',
      trust('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }),
      false,
      ['low everyone'],
    ],
    ['an account', trust({ AWS: OTHER }), false, [`medium account-${OTHER}`]],
    [
      'an account with an external id',
      trust({ AWS: OTHER }, { StringEquals: { 'sts:ExternalId': 'x' } }),
      false,
      [`low account-${OTHER}`],
    ],
    ['a role of an account', trust({ AWS: `arn:aws:iam::${OTHER}:role/ci` }), false, [`low account-${OTHER}`]],
    ['an account, for an administrator', trust({ AWS: OTHER }), true, [`high account-${OTHER}`]],
    ['an account twice', trust({ AWS: [`arn:aws:iam::${OTHER}:role/ci`, OTHER] }), false, [`medium account-${OTHER}`]],
    [
      'GitHub',
      trust(
        { Federated: `${IAM}:oidc-provider/${GITHUB}` },
        { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } },
        'sts:AssumeRoleWithWebIdentity',
      ),
      false,
      [`high provider-${GITHUB}`],
    ],
    [
      'a cluster',
      trust(
        { Federated: `${IAM}:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/A` },
        undefined,
        'sts:AssumeRoleWithWebIdentity',
      ),
      false,
      ['medium provider-oidc.eks.eu-central-1.amazonaws.com/id/A'],
    ],
  ])('%s', async (_, document, admin, expected) => {
    const world = await roles(['r', document, admin]);
    expect(told(await ask(trustCheck, world))).toEqual(expected);
    expect(told(await ask(trustCheck, world, { ignore: ['r'] }))).toEqual([]);
  });

  test('accounts that are known are not told', async () => {
    const world = await roles(['r', trust({ AWS: OTHER }), true]);
    expect(told(await ask(trustCheck, world, { accounts: [OTHER] }))).toEqual([]);
  });

  test('a trust policy that is no JSON hides its role; no answer hides all', async () => {
    const world = await roles(['r', 'x'], ['s', trust('*')]);
    const seen = await ask(trustCheck, world);
    expect(told(seen)).toEqual(['critical everyone']);
    expect(hidden(seen)).toEqual([[`${IAM}:role/r`, 'POLICY_INVALID']]);
    deny(world, 'iam.GetAccountAuthorizationDetails');
    expect(hidden(await ask(trustCheck, world))).toEqual([[`${IAM}:*`, 'ACCESS_DENIED']]);
  });

  test('a role that trusts anyone, as IAM of the recordings sends it', async () => {
    const plain = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
    });
    expect(told(await ask(trustCheck, await roles(['trusts-anyone', plain])))).toEqual(['critical everyone']);
  });
});

describe('the audit trail', () => {
  const TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/all`;
  const AUDIT = `arn:aws:cloudtrail::${ACCOUNT}:account`;
  const trailOf = (detail: object = {}) => ({
    Name: 'all',
    TrailARN: TRAIL,
    HomeRegion: REGION,
    IsMultiRegionTrail: true,
    LogFileValidationEnabled: true,
    ...detail,
  });
  interface Guarded {
    readonly trails?: readonly object[];
    readonly status?: object;
    readonly selectors?: object;
    readonly detectors?: Readonly<Record<string, string>>;
  }
  async function guarded(detail: Guarded = {}): Promise<AwsWorld> {
    const {
      trails = [trailOf()],
      status = { IsLogging: true },
      selectors = {},
      detectors = { d1: 'ENABLED' },
    } = detail;
    const world = await anAwsWorld();
    world.aws.on('cloudTrail.DescribeTrails', () => ({ trailList: trails }));
    world.aws.on('cloudTrail.GetTrailStatus', () => status);
    world.aws.on('cloudTrail.GetEventSelectors', () => selectors);
    world.aws.on('guardDuty.ListDetectors', () => ({ DetectorIds: Object.keys(detectors) }));
    world.aws.on('guardDuty.GetDetector', ({ DetectorId }: { DetectorId: string }) => ({
      ServiceRole: 'arn:aws:iam::1:role/x',
      Status: detectors[DetectorId],
    }));
    return world;
  }

  test('a trail for all regions that logs, and GuardDuty, are well', async () => {
    const world = await guarded();
    const seen = await ask(auditTrail, world);
    expect(seen.drafts).toEqual([]);
    expect(hidden(seen)).toEqual([]);
    expect(world.aws.unanswered).toEqual([]);
  });

  test.each<readonly [string, Guarded, readonly string[]]>([
    ['no trail', { trails: [] }, ['high no-trail']],
    ['a trail of one region', { trails: [trailOf({ IsMultiRegionTrail: false })] }, ['high no-trail']],
    ['a trail that does not log', { status: { IsLogging: false } }, ['high stopped', 'high no-trail']],
    [
      'one that can not deliver',
      { status: { IsLogging: true, LatestDeliveryError: 'AccessDenied' } },
      ['high delivery', 'high no-trail'],
    ],
    ['one that signs nothing', { trails: [trailOf({ LogFileValidationEnabled: false })] }, ['low unvalidated']],
    [
      'one of data events alone',
      { selectors: { EventSelectors: [{ IncludeManagementEvents: false, ReadWriteType: 'All' }] } },
      ['high no-trail'],
    ],
    [
      'one of writes alone',
      { selectors: { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'WriteOnly' }] } },
      ['high no-trail'],
    ],
    [
      'one of management events by the newer selectors',
      {
        selectors: {
          AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }],
        },
      },
      [],
    ],
    [
      'one of reads alone by the newer selectors',
      {
        selectors: {
          AdvancedEventSelectors: [
            {
              FieldSelectors: [
                { Field: 'eventCategory', Equals: ['Management'] },
                { Field: 'readOnly', Equals: ['true'] },
              ],
            },
          ],
        },
      },
      ['high no-trail'],
    ],
    ['no detector', { detectors: {} }, ['medium guardduty-off']],
    ['a detector that is suspended', { detectors: { d1: 'DISABLED' } }, ['medium guardduty-suspended']],
  ])('%s', async (_, detail, expected) => {
    const seen = await ask(auditTrail, await guarded(detail));
    expect(told(seen).toSorted()).toEqual(expected.toSorted());
    expect(hidden(seen)).toEqual([]);
  });

  test('beside a trail that writes down everything, one that stopped is less', async () => {
    const world = await guarded({
      trails: [trailOf(), trailOf({ Name: 'old', TrailARN: `${TRAIL}-old`, IsMultiRegionTrail: false })],
    });
    world.aws.on('cloudTrail.GetTrailStatus', ({ Name }: { Name: string }) => ({ IsLogging: Name === TRAIL }));
    expect(told(await ask(auditTrail, world))).toEqual(['medium stopped']);
  });

  test('GuardDuty is not asked for where it is not meant to be', async () => {
    const world = await guarded({ detectors: {} });
    expect(told(await ask(auditTrail, world, { guardDuty: false }))).toEqual([]);
    expect(world.aws.calls.map(({ operation }) => operation)).not.toContain('guardDuty.ListDetectors');
  });

  test.each<readonly [`${ServiceName}.${string}`, readonly (readonly string[])[]]>([
    [
      'cloudTrail.GetTrailStatus',
      [
        [TRAIL, 'ACCESS_DENIED'],
        [AUDIT, 'PARTLY_SEEN'],
      ],
    ],
    [
      'cloudTrail.GetEventSelectors',
      [
        [AUDIT, 'ACCESS_DENIED'],
        [AUDIT, 'PARTLY_SEEN'],
      ],
    ],
    ['guardDuty.ListDetectors', [[`arn:aws:guardduty:${REGION}:${ACCOUNT}:*`, 'ACCESS_DENIED']]],
    ['guardDuty.GetDetector', [[`arn:aws:guardduty:${REGION}:${ACCOUNT}:detector/d1`, 'ACCESS_DENIED']]],
  ])('without %s just that is unknown', async (operation, expected) => {
    const world = await guarded();
    deny(world, operation);
    const seen = await ask(auditTrail, world);
    expect(seen.drafts).toEqual([]);
    expect(hidden(seen)).toEqual(expected);
  });

  test('without the trails of one region that there is none is unknown; one for all regions is seen from another', async () => {
    const world = await guarded({ trails: [] });
    const denied =
      (here: object) =>
      (_: object, { region }: { region: string }) => {
        if (region === REGION) throw new AwsError('AccessDenied', 'no', 403);
        return here;
      };
    world.aws.on('cloudTrail.DescribeTrails', denied({ trailList: [] }));
    const unsure = await ask(auditTrail, world);
    expect(unsure.drafts).toEqual([]);
    expect(hidden(unsure)).toEqual([
      [`arn:aws:cloudtrail:${REGION}:${ACCOUNT}:*`, 'ACCESS_DENIED'],
      [AUDIT, 'PARTLY_SEEN'],
    ]);
    world.aws.on('cloudTrail.DescribeTrails', denied({ trailList: [trailOf()] }));
    const sure = await ask(auditTrail, world);
    expect(hidden(sure)).toEqual([[`arn:aws:cloudtrail:${REGION}:${ACCOUNT}:*`, 'ACCESS_DENIED']]);
  });
});
