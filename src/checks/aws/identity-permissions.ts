import * as z from 'zod';
import type { Check, FindingDraft, Observation } from '../../domain/check.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader, Identity, Powers } from '../../providers/aws/reader.ts';
import { evidenceFrom } from '../evidence.ts';
import { accountShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { seeIdentities } from './identities-seen.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const permissionsParams = z.strictObject({
  ...accountShape,
  administrators: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Who is meant to be an administrator, or as good as one: `user/ana`, `role/admin`, an ARN, or patterns with `*`.',
    ),
});
type PermissionsParams = z.output<typeof permissionsParams>;

const identityFacts = z.object({
  about: z.literal('identity'),
  kind: z.enum(['user', 'role']),
  name: z.string(),
  groups: z.array(z.string()),
  boundary: z.string().nullable(),
  administrator: z.enum(['yes', 'conditional', 'no']),
  administratorBy: z.array(z.string()),
  methods: z.array(z.object({ id: z.string(), gives: z.enum(['any-rights', 'borrowed']), isConditional: z.boolean() })),
});
type IdentityFacts = z.output<typeof identityFacts>;

export const check: Check<AwsReader, PermissionsParams> = {
  id: 'aws/identity-permissions',
  title: 'Administrators, and rights that lead to more rights',
  keywords: [
    'administrator',
    'permission',
    'privilege',
    'escalation',
    'iam policy',
    'iam role',
    'least privilege',
    'security',
    'posture',
    'identity',
  ],
  description: `Looks at what IAM users and roles may do: by attached and inline policies, those of their groups, and the boundary that limits them.

Reports, of who is not among \`administrators\`:
- **administrator** a user (high) or a role (medium) that is allowed everything on everything, or everything but a few actions that leave it able to give itself the rest. Where the allowing statement has a condition: medium and low. Everything but IAM, as in PowerUserAccess, is none.
- **escalates** (high) a user or a role that can make itself an administrator by one of the known methods: it may write a policy that it holds or one of its own, put itself into a group of administrators, make a key or a password for others, rewrite who may become an administrator role, or hand any role, or an administrator's, to something that it can start (\`iam:PassRole\` with EC2, Lambda, Glue, CloudFormation, SageMaker, ECS, CodeBuild and more). Medium where every method has a condition.
- **borrows** (medium) a user or a role that can run commands as whatever runs already: change the code of every function, run commands on every instance or task. Low where there is a condition.

Wildcards and \`NotAction\` are followed, and so are boundaries and every Deny that holds without conditions. Rights over one's own keys and password (\`\${aws:username}\`), and \`iam:PassRole\` for named roles that are no administrators, are no way to more.

Can't see: service control policies of an organisation and policies of resources, so that something may be forbidden that is told here. Roles that AWS alone can change (service-linked) are left out. An identity one of whose policies could not be read is unknown. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: permissionsParams,
  timeoutMs: 180_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'account', seePermissions),
  judge: ({ facts: written, resource }, { administrators }) => {
    const facts = identityFacts.safeParse(written);
    if (!facts.success) return [];
    const names = [`${facts.data.kind}/${facts.data.name}`, resource];
    const isMeant = administrators.some((pattern) => names.some((name) => matchesGlob(pattern, name)));
    return isMeant ? [] : judgeIdentity(facts.data);
  },
  summary: tallyWords,
};

async function seePermissions(scene: Scene): Promise<readonly Observation[]> {
  const { users, roles, powers } = await seeIdentities(scene);
  return [...users, ...roles].flatMap((identity): readonly Observation[] => {
    const looked = powers(identity);
    if (looked === undefined) return [];
    const name = `${identity.kind} ${identity.name}`;
    if (looked.status === 'unknown') {
      scene.hide(identity.arn, name, looked.failure);
      return [];
    }
    const { administrator, methods } = looked.value;
    if (administrator === 'no' && methods.length === 0) return [];
    return [scene.see(identity.arn, name, factsOf(identity, looked.value))];
  });
}

function factsOf({ kind, name, groups, boundary }: Identity, powers: Powers): IdentityFacts {
  return {
    about: 'identity',
    kind,
    name,
    groups: [...groups],
    boundary: boundary?.name ?? null,
    administrator: powers.administrator,
    administratorBy: [...powers.administratorBy],
    methods: powers.methods.map((method) => ({ ...method })),
  };
}

function judgeIdentity(facts: IdentityFacts): readonly FindingDraft[] {
  const { administrator, methods } = facts;
  const escalating = methods.filter(({ gives }) => gives === 'any-rights');
  const borrowing = methods.filter(({ gives }) => gives === 'borrowed');
  // With everything allowed under a condition, so is every method: that goes without saying.
  if (administrator !== 'no' && methods.every(({ isConditional }) => isConditional)) return administratorFinding(facts);
  return [
    ...administratorFinding(facts),
    ...(escalating.length > 0 ? methodsFinding(facts, 'escalates', escalating) : []),
    ...(escalating.length === 0 && borrowing.length > 0 ? methodsFinding(facts, 'borrows', borrowing) : []),
  ];
}

const SOURCE = 'iam:GetAccountAuthorizationDetails';

function administratorFinding(facts: IdentityFacts): readonly FindingDraft[] {
  const { kind, name, administrator, administratorBy, groups, boundary } = facts;
  if (administrator === 'no') return [];
  const isConditional = administrator === 'conditional';
  const severity = kind === 'user' ? (isConditional ? 'medium' : 'high') : isConditional ? 'low' : 'medium';
  return [
    {
      discriminator: 'administrator',
      severity,
      title: `${kind === 'user' ? 'User' : 'Role'} ${printable(name)} may do everything in the account${isConditional ? ', under a condition' : ''}`,
      why:
        kind === 'user'
          ? 'A user has a password and keys that do not end by themselves; whoever gets hold of one owns the account.'
          : 'Whoever or whatever can become this role owns the account.',
      next: `Give it what it needs instead, or name it in "administrators". See what it holds: ${policiesLine(facts)}`,
      evidence: evidenceFrom(
        SOURCE,
        ['allowed by', administratorBy],
        ['groups', groups.length === 0 ? null : groups],
        ['boundary', boundary],
      ),
      evidenceClass: isConditional ? 'conditional' : 'unconditional',
    },
  ];
}

/** So many methods are named in a title. */
const NAMED = 2;

function methodsFinding(
  facts: IdentityFacts,
  discriminator: 'escalates' | 'borrows',
  methods: IdentityFacts['methods'],
): readonly FindingDraft[] {
  const { kind, name, groups, boundary } = facts;
  const isConditional = methods.every((method) => method.isConditional);
  const told = methods.toSorted((a, b) => Number(a.isConditional) - Number(b.isConditional)).slice(0, NAMED);
  const rest = methods.length - told.length;
  const by = `${told.map(({ id }) => id).join('; ')}${rest === 0 ? '' : `; and ${rest} more`}`;
  const who = `${kind === 'user' ? 'User' : 'Role'} ${printable(name)}`;
  const words =
    discriminator === 'escalates'
      ? {
          severity: isConditional ? ('medium' as const) : ('high' as const),
          title: `${who} can make itself an administrator: ${by}`,
          why: 'What it may do today does not matter: it can give itself everything else.',
        }
      : {
          severity: isConditional ? ('low' as const) : ('medium' as const),
          title: `${who} can act as whatever runs already: ${by}`,
          why: 'It has the rights of every function, instance or task that it can change or enter, besides its own.',
        };
  return [
    {
      discriminator,
      ...words,
      next: `Limit these actions to the resources that it needs. See what it holds: ${policiesLine(facts)}`,
      evidence: evidenceFrom(
        SOURCE,
        ['methods', methods.map(({ id, isConditional: some }) => (some ? `${id} (conditional)` : id))],
        ['groups', groups.length === 0 ? null : groups],
        ['boundary', boundary],
      ),
      evidenceClass: isConditional ? 'conditional' : 'unconditional',
    },
  ];
}

function policiesLine({ kind, name }: IdentityFacts): string {
  return awsLine('', 'iam', `list-attached-${kind}-policies`, `--${kind}-name`, name);
}
