import * as z from 'zod';
import type { Check, FindingDraft, Observation } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { printable } from '../../domain/printable.ts';
import { readCredentialReport, ROOT, type AwsReader, type ReportedUser } from '../../providers/aws/reader.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { accountShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const usersParams = z.strictObject({
  ...accountShape,
  keyAge: durationParam('1d', '3650d').prefault('90d').describe('An active access key that is older is reported.'),
  unused: durationParam('1d', '3650d')
    .prefault('45d')
    .describe('An active access key, or a password, that was not used for longer is reported.'),
  ignore: z
    .array(z.string().min(1))
    .default([])
    .describe('Users that are known and meant so, by name: patterns with `*`.'),
});
type UsersParams = z.output<typeof usersParams>;

const userFacts = z.object({
  about: z.literal('user'),
  user: z.string(),
  createdAt: z.number().nullable(),
  hasPassword: z.boolean().nullable(),
  passwordUsedAt: z.number().nullable(),
  passwordChangedAt: z.number().nullable(),
  hasMfa: z.boolean().nullable(),
  keys: z.array(
    z.object({
      slot: z.number(),
      changedAt: z.number().nullable(),
      usedAt: z.number().nullable(),
      service: z.string().nullable(),
    }),
  ),
  reportedAt: z.number().nullable(),
});
type UserFacts = z.output<typeof userFacts>;

export const check: Check<AwsReader, UsersParams> = {
  id: 'aws/identity-users',
  title: 'Passwords, second factors and keys of IAM users',
  keywords: ['iam user', 'access key', 'mfa', 'password', 'credential', 'rotation', 'security', 'posture', 'identity'],
  description: `Looks at the IAM users of each account in IAM's credential report. The root user has a check of its own.

Reports:
- **no-mfa** (high) a user who can log in to the console with a password alone.
- **key-1-old**, **key-2-old** (medium) an active access key older than \`keyAge\`. A key that is not used is told as unused only.
- **key-1-unused**, **key-2-unused** (medium) an active access key that was not used for longer than \`unused\`.
- **key-1-never-used**, **key-2-never-used** (low) an active access key older than \`unused\` that was never used.
- **password-unused** (low) a password that was not used for longer than \`unused\`, or never since it was set so long ago.

\`key-1\` and \`key-2\` are the two slots that a user has. IAM makes the report at most every four hours, so what you put right may still be told so much later. Where there is no report IAM is asked to make it, which changes nothing else. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: usersParams,
  timeoutMs: 120_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'account', seeUsers),
  judge: (seen, params, { now }) => {
    const facts = userFacts.safeParse(seen.facts);
    if (!facts.success || params.ignore.some((pattern) => matchesGlob(pattern, facts.data.user))) return [];
    return judgeUser(facts.data, params, now);
  },
  summary: tallyWords,
};

async function seeUsers(scene: Scene): Promise<readonly Observation[]> {
  const report = await readCredentialReport(scene.place, scene.signal);
  if (report.status === 'unknown') {
    scene.hide(scene.globalArn('iam', 'user/*'), `users of account ${scene.account.id}`, report.failure);
    return [];
  }
  const { users, generatedAt } = report.value;
  return users
    .filter(({ user, hasPassword, keys }) => user !== ROOT && (hasPassword !== false || keys.length > 0))
    .map((user) => scene.see(user.arn, `user ${user.user}`, factsOf(user, generatedAt)));
}

function factsOf({ user, keys, ...rest }: ReportedUser, reportedAt: number | null): UserFacts {
  const { createdAt, hasPassword, passwordUsedAt, passwordChangedAt, hasMfa } = rest;
  return {
    about: 'user',
    user,
    createdAt,
    hasPassword,
    passwordUsedAt,
    passwordChangedAt,
    hasMfa,
    keys: keys
      .filter(({ isActive }) => isActive)
      .map(({ slot, changedAt, usedAt, service }) => ({ slot, changedAt, usedAt, service })),
    reportedAt,
  };
}

function judgeUser(facts: UserFacts, params: UsersParams, now: number): readonly FindingDraft[] {
  return [
    ...mfaFinding(facts),
    ...facts.keys.flatMap((key) => keyFinding(facts, key, params, now)),
    ...passwordFinding(facts, params, now),
  ];
}

const SOURCE = 'iam:GetCredentialReport';

function mfaFinding(facts: UserFacts): readonly FindingDraft[] {
  const { user, hasPassword, hasMfa, passwordUsedAt, reportedAt } = facts;
  if (hasPassword !== true || hasMfa !== false) return [];
  const name = printable(user);
  return [
    {
      discriminator: 'no-mfa',
      severity: 'high',
      title: `User ${name} can log in to the console without a second factor`,
      why: 'A password that was guessed, phished or used elsewhere is enough to be this user.',
      next: `See its devices: ${awsLine('', 'iam', 'list-mfa-devices', '--user-name', user)}`,
      evidence: evidenceFrom(
        SOURCE,
        ['password_enabled', true],
        ['mfa_active', false],
        ['password_last_used', instant(passwordUsedAt) ?? 'never'],
        ['report of', instant(reportedAt)],
      ),
    },
  ];
}

function keyFinding(
  { user, reportedAt }: UserFacts,
  { slot, changedAt, usedAt, service }: UserFacts['keys'][number],
  { keyAge, unused }: UsersParams,
  now: number,
): readonly FindingDraft[] {
  const age = changedAt === null ? 0 : now - changedAt;
  const idle = usedAt === null ? null : now - usedAt;
  const name = printable(user);
  const evidence = evidenceFrom(
    SOURCE,
    ['access key', slot],
    ['last_rotated', instant(changedAt)],
    ['last_used', instant(usedAt) ?? 'never'],
    ['last_used_service', service],
    ['report of', instant(reportedAt)],
  );
  const list = awsLine('', 'iam', 'list-access-keys', '--user-name', user);
  const draft = (
    what: string,
    severity: FindingDraft['severity'],
    title: string,
    why: string,
    next: string,
  ): FindingDraft => ({ discriminator: `key-${slot}-${what}`, severity, title, why, next, evidence });
  if (idle === null && age > unused)
    return [
      draft(
        'never-used',
        'low',
        `Access key ${slot} of user ${name} was never used in ${formatDuration(age)}`,
        'Nobody misses it, and nobody would notice if somebody else used it.',
        `Turn it off, and delete it later: ${list}`,
      ),
    ];
  // A key that was made again after its slot was last used has not been idle for longer than it is old.
  if (idle !== null && Math.min(idle, changedAt === null ? idle : age) > unused)
    return [
      draft(
        'unused',
        'medium',
        `Access key ${slot} of user ${name} was not used for ${formatDuration(idle)}`,
        'It still opens what the user may do, wherever copies of it lie.',
        `Turn it off, and delete it later: ${list}`,
      ),
    ];
  if (age > keyAge)
    return [
      draft(
        'old',
        'medium',
        `Access key ${slot} of user ${name} is ${formatDuration(age)} old`,
        'A key never ends by itself. The longer it lives, the more places hold a copy, and the longer a stolen one works.',
        `Make a new one, put it where this one is used, then turn this one off: ${list}`,
      ),
    ];
  return [];
}

function passwordFinding(facts: UserFacts, { unused }: UsersParams, now: number): readonly FindingDraft[] {
  const { user, hasPassword, passwordUsedAt, passwordChangedAt, createdAt, reportedAt } = facts;
  if (hasPassword !== true) return [];
  const set = passwordChangedAt ?? createdAt;
  const last = Math.max(passwordUsedAt ?? Number.NEGATIVE_INFINITY, set ?? Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(last) || now - last <= unused) return [];
  const name = printable(user);
  const title =
    passwordUsedAt === null
      ? `The password of user ${name} was never used in ${formatDuration(now - last)}`
      : `The password of user ${name} was not used for ${formatDuration(now - passwordUsedAt)}`;
  return [
    {
      discriminator: 'password-unused',
      severity: 'low',
      title,
      why: 'A way in that nobody uses is one that nobody watches.',
      next: `Take it away if it is not needed: ${awsLine('', 'iam', 'get-login-profile', '--user-name', user)}`,
      evidence: evidenceFrom(
        SOURCE,
        ['password_last_used', instant(passwordUsedAt) ?? 'never'],
        ['password_last_changed', instant(passwordChangedAt)],
        ['report of', instant(reportedAt)],
      ),
    },
  ];
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
