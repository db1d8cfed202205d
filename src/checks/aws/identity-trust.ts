import * as z from 'zod';
import type { Check, FindingDraft, Observation } from '../../domain/check.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { printable } from '../../domain/printable.ts';
import { isAtLeast } from '../../domain/severity.ts';
import { trustsIn, type AwsReader, type Identity, type Trust } from '../../providers/aws/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { accountShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { seeIdentities } from './identities-seen.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const trustParams = z.strictObject({
  ...accountShape,
  accounts: z
    .array(z.string().regex(/^\d{12}$/, { error: 'an account is written with its twelve digits' }))
    .default([])
    .describe('Accounts that roles may trust: your own others, and vendors that are known.'),
  ignore: z
    .array(z.string().min(1))
    .default([])
    .describe('Roles that are known and meant so, by name: patterns with `*`.'),
});
type TrustParams = z.output<typeof trustParams>;

const roleFacts = z.object({
  about: z.literal('role'),
  role: z.string(),
  /** null: its policies could not be read. */
  isAdministrator: z.boolean().nullable(),
  trusts: z.array(
    z.object({
      who: z.enum(['everyone', 'own-account', 'other-account', 'provider', 'shared-provider', 'service', 'deleted']),
      principal: z.string(),
      account: z.string().nullable(),
      guards: z.array(z.string()),
      isNarrowed: z.boolean(),
    }),
  ),
});
type RoleFacts = z.output<typeof roleFacts>;

export const check: Check<AwsReader, TrustParams> = {
  id: 'aws/identity-trust',
  title: 'Who may become which IAM role',
  keywords: [
    'trust',
    'assume role',
    'cross account',
    'cross-account',
    'iam role',
    'oidc',
    'github actions',
    'external id',
    'security',
    'posture',
    'identity',
  ],
  description: `Looks at the trust policies of IAM roles.

Reports:
- **everyone** (critical) a role that anybody in any account of AWS can become. High where all that is asked for is an external id, an address or a tag, which says nothing of who it is; low where an organisation, account or identity is named.
- **account-…** (medium) a role that a whole other account, not among \`accounts\`, can become. Low where an external id or an organisation is asked for, or one identity of that account is named; high where the role is an administrator.
- **provider-…** (high) a role that any user of a shared identity provider (GitHub, GitLab, Terraform Cloud and their like) can become, as no condition on \`sub\`, or on another claim that says whose token it is, names them. A pattern such as \`repo:*\` names nobody. Of a provider of one's own, such as an EKS cluster: medium.

A condition counts only where it surely shuts somebody out: not with \`IfExists\` or \`ForAllValues\`, not by a pattern that fits everything, not by what callers choose themselves. \`NotPrincipal\` is everyone.

Not told: services, and identities of the account itself. Roles that AWS alone can change (service-linked) are left out. What service control policies forbid is not seen. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: trustParams,
  timeoutMs: 180_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'account', seeTrust),
  judge: (seen, params) => {
    const facts = roleFacts.safeParse(seen.facts);
    if (!facts.success || params.ignore.some((pattern) => matchesGlob(pattern, facts.data.role))) return [];
    return judgeRole(facts.data, params);
  },
  summary: tallyWords,
};

/** Of these there may be something to say. */
const OUTSIDE = new Set<Trust['who']>(['everyone', 'other-account', 'provider', 'shared-provider']);

async function seeTrust(scene: Scene): Promise<readonly Observation[]> {
  const { roles, powers } = await seeIdentities(scene);
  return roles.flatMap((role): readonly Observation[] => {
    const { trust, arn, name } = role;
    if (trust === null) return [];
    if (trust.status === 'unknown') {
      scene.hide(arn, `role ${name}`, trust.failure);
      return [];
    }
    const trusts = trustsIn(trust.value, scene.account).filter(({ who }) => OUTSIDE.has(who));
    return trusts.length === 0 ? [] : [scene.see(arn, `role ${name}`, factsOf(role, trusts, powers(role)))];
  });
}

function factsOf(
  { name }: Identity,
  trusts: readonly Trust[],
  powers: ReturnType<Awaited<ReturnType<typeof seeIdentities>>['powers']>,
): RoleFacts {
  return {
    about: 'role',
    role: name,
    isAdministrator: powers?.status === 'seen' ? powers.value.administrator === 'yes' : null,
    trusts: trusts.map((trust) => ({ ...trust, guards: [...trust.guards] })),
  };
}

function judgeRole(facts: RoleFacts, params: TrustParams): readonly FindingDraft[] {
  const worst = new Map<string, FindingDraft>();
  for (const trust of facts.trusts) {
    const draft = judgeTrust(facts, trust, params);
    if (draft === null) continue;
    const known = worst.get(draft.discriminator);
    if (known === undefined || !isAtLeast(known.severity, draft.severity)) worst.set(draft.discriminator, draft);
  }
  return [...worst.values()];
}

type Said = Pick<FindingDraft, 'discriminator' | 'severity' | 'title' | 'why' | 'next'>;

function judgeTrust(facts: RoleFacts, trust: RoleFacts['trusts'][number], params: TrustParams): FindingDraft | null {
  const said = saidOf(facts, trust, params);
  if (said === null) return null;
  const { principal, guards, isNarrowed } = trust;
  return {
    ...said,
    evidence: evidenceFrom(
      'iam:GetAccountAuthorizationDetails',
      ['principal', principal],
      ['conditions that shut others out', guards.length === 0 ? 'none' : guards],
      ['administrator', facts.isAdministrator],
    ),
    evidenceClass: isNarrowed ? 'narrowed' : guards.length > 0 ? 'guarded' : 'open',
  };
}

function saidOf(
  { role, isAdministrator }: RoleFacts,
  { who, principal, account, guards, isNarrowed }: RoleFacts['trusts'][number],
  { accounts }: TrustParams,
): Said | null {
  const name = printable(role);
  const look = `See its trust policy: ${awsLine('', 'iam', 'get-role', '--role-name', role)}`;
  const power = isAdministrator === true ? ', an administrator,' : '';
  switch (who) {
    case 'everyone':
      return {
        discriminator: 'everyone',
        severity: isNarrowed ? 'low' : guards.length > 0 ? 'high' : 'critical',
        title: isNarrowed
          ? `Role ${name}${power} trusts whoever a condition names: ${guards.join(', ')}`
          : guards.length > 0
            ? `Role ${name}${power} can be assumed from any account of AWS by whoever fits ${guards.join(', ')}`
            : `Role ${name}${power} can be assumed by anybody, from any account of AWS`,
        why: isNarrowed
          ? 'The condition is all that keeps others out; when it is edited or widened, nothing else does.'
          : 'Names of roles are guessed and leak; nothing about who they are is asked of those who come.',
        next: `Name the accounts, roles or organisation that need it. ${look}`,
      };
    case 'other-account': {
      if (account === null || accounts.includes(account)) return null;
      const isGuarded = isNarrowed || guards.length > 0;
      const from = isGuarded ? printable(principal) : `all of account ${account}`;
      return {
        discriminator: `account-${account}`,
        severity: isAdministrator === true ? 'high' : isGuarded ? 'low' : 'medium',
        title: `Role ${name}${power} can be assumed from another account: ${from}`,
        why: 'Who may use it is decided in that account, by people and rules that are not yours. A vendor that asks for no external id can be tricked into using it for others.',
        next: `Ask whose account it is, and name it in "accounts" if it is meant. ${look}`,
      };
    }
    case 'shared-provider':
    case 'provider': {
      if (isNarrowed) return null;
      const issuer = printable(principal.split('-provider/')[1] ?? principal);
      const isShared = who === 'shared-provider';
      return {
        discriminator: `provider-${issuer}`,
        severity: isShared ? 'high' : 'medium',
        title: `Role ${name}${power} can be assumed by every user of ${issuer}`,
        why: isShared
          ? 'The provider vouches for all of its customers alike: anybody with an account there can become this role.'
          : 'Everything that the provider vouches for can become this role, each workload of a cluster among it.',
        next: `Add a condition on ${issuer}:sub that names who may. ${look}`,
      };
    }
    case 'own-account':
    case 'service':
    case 'deleted':
      return null;
    default:
      return who satisfies never;
  }
}
