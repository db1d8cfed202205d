import * as z from 'zod';
import type { Check, FindingDraft, Observation } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { readCredentialReport, ROOT, type AwsReader } from '../../providers/aws/reader.ts';
import { getAccountSummary } from '../../providers/aws/reads/identity.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { accountShape } from './account-params.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const rootParams = z.strictObject({
  ...accountShape,
  usedWithin: durationParam('1h', '365d')
    .prefault('7d')
    .describe('A use of the root user is reported for so long: its password or one of its keys.'),
});
type RootParams = z.output<typeof rootParams>;

const rootFacts = z.object({
  about: z.literal('root'),
  account: z.string(),
  /** null here and below: it could not be read, or AWS does not say. */
  keys: z.number().nullable(),
  hasMfa: z.boolean().nullable(),
  hasPassword: z.boolean().nullable(),
  passwordUsedAt: z.number().nullable(),
  keysUsed: z.array(z.object({ slot: z.number(), at: z.number(), service: z.string().nullable() })),
  reportedAt: z.number().nullable(),
});
type RootFacts = z.output<typeof rootFacts>;

export const check: Check<AwsReader, RootParams> = {
  id: 'aws/identity-root',
  title: 'The root user of an AWS account',
  keywords: ['root', 'root user', 'security', 'posture', 'iam', 'mfa', 'access key', 'identity'],
  description: `Looks at the root user of each account: in IAM's summary of the account, and in its credential report.

Reports:
- **access-keys** (critical) the root user has access keys. Nothing limits what they may do.
- **no-mfa** (critical) the root user can log in with a password alone. Where it has no password, as in member accounts whose root credentials were removed, there is nothing to guard.
- **used** (medium) its password or one of its keys was used within \`usedWithin\`.

The credential report is made by IAM, at most every four hours: a use may be told so much later. Where there is none, IAM is asked to make it, which changes nothing else. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: rootParams,
  timeoutMs: 120_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'account', seeRoot),
  judge: (seen, params, { now }) => {
    const facts = rootFacts.safeParse(seen.facts);
    return facts.success ? judgeRoot(facts.data, params, now) : [];
  },
  summary: tallyWords,
};

async function seeRoot(scene: Scene): Promise<readonly Observation[]> {
  const root = scene.globalArn('iam', 'root');
  const [summary, report] = await Promise.all([
    scene.ask(getAccountSummary, {}, root),
    readCredentialReport(scene.place, scene.signal),
  ]);
  const name = `root user of account ${scene.account.id}`;
  if (report.status === 'unknown') scene.hide(root, name, report.failure);
  const { AccountAccessKeysPresent, AccountMFAEnabled, AccountPasswordPresent } = summary?.SummaryMap ?? {};
  if (summary !== undefined && (AccountAccessKeysPresent === undefined || AccountMFAEnabled === undefined))
    scene.hide(root, name, {
      code: 'ANSWER_INVALID',
      message: 'The summary of the account does not speak of its root user.',
    });
  const reported = report.status === 'seen' ? report.value.users.find(({ user }) => user === ROOT) : undefined;
  const facts: RootFacts = {
    about: 'root',
    account: scene.account.id,
    keys: AccountAccessKeysPresent ?? null,
    hasMfa: AccountMFAEnabled === undefined ? null : AccountMFAEnabled > 0,
    hasPassword: AccountPasswordPresent === undefined ? (reported?.hasPassword ?? null) : AccountPasswordPresent > 0,
    passwordUsedAt: reported?.passwordUsedAt ?? null,
    keysUsed: (reported?.keys ?? []).flatMap(({ slot, usedAt, service }) =>
      usedAt === null ? [] : [{ slot, at: usedAt, service }],
    ),
    reportedAt: report.status === 'seen' ? report.value.generatedAt : null,
  };
  return [scene.see(root, name, facts)];
}

function judgeRoot(facts: RootFacts, params: RootParams, now: number): readonly FindingDraft[] {
  return [...keyFinding(facts), ...mfaFinding(facts), ...useFinding(facts, params, now)];
}

function keyFinding({ account, keys }: RootFacts): readonly FindingDraft[] {
  if (keys === null || keys === 0) return [];
  return [
    {
      discriminator: 'access-keys',
      severity: 'critical',
      title: `The root user of account ${account} has access keys`,
      why: 'A key of the root user may do everything, closing the account among it, and no policy of the account can limit it.',
      next: 'Log in as root, see where the key is used last, and delete it: https://console.aws.amazon.com/iam/home#/security_credentials',
      evidence: evidenceFrom('iam:GetAccountSummary', ['AccountAccessKeysPresent', keys]),
    },
  ];
}

function mfaFinding({ account, hasMfa, hasPassword }: RootFacts): readonly FindingDraft[] {
  if (hasMfa !== false || hasPassword === false) return [];
  return [
    {
      discriminator: 'no-mfa',
      severity: 'critical',
      title: `The root user of account ${account} has no second factor`,
      why: 'Whoever learns the password, or can read the mailbox it is reset by, owns the account.',
      next: 'Log in as root and add a device: https://console.aws.amazon.com/iam/home#/security_credentials',
      evidence: evidenceFrom('iam:GetAccountSummary', ['AccountMFAEnabled', 0]),
    },
  ];
}

function useFinding(facts: RootFacts, { usedWithin }: RootParams, now: number): readonly FindingDraft[] {
  const { account, passwordUsedAt, keysUsed, reportedAt } = facts;
  const uses = [
    ...(passwordUsedAt === null ? [] : [{ what: 'its password', at: passwordUsedAt }]),
    ...keysUsed.map(({ slot, at, service }) => ({
      what: `its access key ${slot}${service === null ? '' : ` (${service})`}`,
      at,
    })),
  ].filter(({ at }) => now - at <= usedWithin);
  const [last] = uses.toSorted((a, b) => b.at - a.at);
  if (last === undefined) return [];
  return [
    {
      discriminator: 'used',
      severity: 'medium',
      title: `The root user of account ${account} was used ${formatDuration(Math.max(0, now - last.at))} ago: ${last.what}`,
      why: 'Day to day nobody needs the root user. If you do not know who this was and why, take it for a break-in.',
      next: 'Look what was done: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=root --region us-east-1',
      evidence: evidenceFrom(
        'iam:GetCredentialReport',
        ...uses.map(({ what, at }) => [`used: ${what}`, new Date(at).toISOString()] as const),
        ['report of', reportedAt === null ? null : new Date(reportedAt).toISOString()],
      ),
    },
  ];
}
