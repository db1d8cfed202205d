import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { readPolicy, type PolicyStatement } from './policy-document.ts';
import type {
  GetAccountAuthorizationDetailsResponse as Page,
  GroupDetail,
  ManagedPolicyDetail,
  RoleDetail,
  UserDetail,
} from './reads/identity.ts';

/** Who there is in an account, by ARN; service-linked roles, which AWS alone can change, are left out. */
export interface Identities {
  readonly users: readonly Identity[];
  readonly roles: readonly Identity[];
  readonly groups: readonly Group[];
}

/** A user or a role, with every policy that says what it may do. */
export interface Identity {
  readonly kind: 'user' | 'role';
  readonly arn: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null;
  /** Names of groups, sorted; of roles none. */
  readonly groups: readonly string[];
  /** Attached, inline, and those of its groups; sorted by name. */
  readonly policies: readonly HeldPolicy[];
  /** What it may do at most, whatever its policies say. */
  readonly boundary: HeldPolicy | null;
  /** Who may become it; null for users. */
  readonly trust: Looked<readonly PolicyStatement[]> | null;
}

export interface HeldPolicy {
  /** The ARN of a managed policy, `inline <name>`; of a group `group <name>: …` before it. */
  readonly name: string;
  /** null: it is inline. */
  readonly arn: string | null;
  /** AWS writes it, and may widen it. */
  readonly isOfAws: boolean;
  readonly statements: Looked<readonly PolicyStatement[]>;
}

export interface Group {
  readonly arn: string;
  readonly name: string;
  readonly policies: readonly HeldPolicy[];
}

/** Put together of all pages: a user may come pages before its groups and policies. */
export function identitiesOf(pages: readonly Page[]): Identities {
  const managed = new Map<string, ManagedPolicyDetail>();
  for (const { Policies = [] } of pages) for (const policy of Policies) managed.set(policy.Arn ?? '', policy);
  const known = new Map<string, HeldPolicy>();
  const attached = (arn: string): HeldPolicy => {
    const held = known.get(arn) ?? managedPolicy(arn, managed.get(arn));
    known.set(arn, held);
    return held;
  };
  const groups = new Map<string, Group>();
  for (const { GroupDetailList = [] } of pages)
    for (const group of GroupDetailList) groups.set(group.GroupName ?? '', groupOf(group, attached));
  return {
    users: pages.flatMap(({ UserDetailList = [] }) => UserDetailList.map((user) => userOf(user, attached, groups))),
    roles: pages.flatMap(({ RoleDetailList = [] }) =>
      RoleDetailList.filter(({ Path = '/' }) => !Path.startsWith('/aws-service-role/')).map((role) =>
        roleOf(role, attached),
      ),
    ),
    groups: [...groups.values()],
  };
}

type Attached = (arn: string) => HeldPolicy;

function userOf(user: UserDetail, attached: Attached, known: ReadonlyMap<string, Group>): Identity {
  const { Arn = '', UserName = '', CreateDate, GroupList = [], PermissionsBoundary } = user;
  const ofGroups = GroupList.flatMap((name) => {
    const group = known.get(name);
    return group === undefined ? [unread(`group ${name}`)] : group.policies.map((held) => underGroup(name, held));
  });
  const own = policiesOf(user.AttachedManagedPolicies, user.UserPolicyList, attached);
  return {
    kind: 'user',
    arn: Arn,
    name: UserName,
    createdAt: CreateDate?.getTime() ?? null,
    groups: GroupList.toSorted(),
    policies: byName([...own, ...ofGroups]),
    boundary: boundaryOf(PermissionsBoundary, attached),
    trust: null,
  };
}

function roleOf(role: RoleDetail, attached: Attached): Identity {
  const { Arn = '', RoleName = '', CreateDate, AssumeRolePolicyDocument, PermissionsBoundary } = role;
  return {
    kind: 'role',
    arn: Arn,
    name: RoleName,
    createdAt: CreateDate?.getTime() ?? null,
    groups: [],
    policies: byName(policiesOf(role.AttachedManagedPolicies, role.RolePolicyList, attached)),
    boundary: boundaryOf(PermissionsBoundary, attached),
    trust:
      AssumeRolePolicyDocument === undefined
        ? unknown('POLICY_MISSING', 'The answer holds no trust policy of this role.')
        : readPolicy(AssumeRolePolicyDocument),
  };
}

function groupOf(group: GroupDetail, attached: Attached): Group {
  const { Arn = '', GroupName = '' } = group;
  const policies = policiesOf(group.AttachedManagedPolicies, group.GroupPolicyList, attached);
  return { arn: Arn, name: GroupName, policies: byName(policies) };
}

interface Inline {
  readonly PolicyName?: string | undefined;
  readonly PolicyDocument?: string | undefined;
}

function policiesOf(
  managed: readonly { readonly PolicyArn?: string | undefined }[] | undefined,
  inline: readonly Inline[] | undefined,
  attached: Attached,
): readonly HeldPolicy[] {
  return [
    ...(managed ?? []).map(({ PolicyArn = '' }) => attached(PolicyArn)),
    ...(inline ?? []).map(({ PolicyName = '', PolicyDocument }): HeldPolicy => {
      const name = `inline ${PolicyName}`;
      if (PolicyDocument === undefined) return unread(name);
      return { name, arn: null, isOfAws: false, statements: readPolicy(PolicyDocument) };
    }),
  ];
}

/** A boundary that nobody could name would bound nothing: it is taken as one that could not be read. */
function boundaryOf(
  boundary: { readonly PermissionsBoundaryArn?: string | undefined } | undefined,
  attached: Attached,
): HeldPolicy | null {
  return boundary === undefined ? null : attached(boundary.PermissionsBoundaryArn ?? '');
}

function managedPolicy(arn: string, detail: ManagedPolicyDetail | undefined): HeldPolicy {
  const isOfAws = /^arn:[a-z-]+:iam::aws:policy\//.test(arn);
  const { DefaultVersionId, PolicyVersionList = [] } = detail ?? {};
  const version = PolicyVersionList.find(
    ({ VersionId, IsDefaultVersion }) => IsDefaultVersion === true || VersionId === DefaultVersionId,
  );
  const document = version?.Document;
  if (document !== undefined) return { name: arn, arn, isOfAws, statements: readPolicy(document) };
  const isAdministrator = isOfAws && arn.endsWith(':policy/AdministratorAccess');
  return isAdministrator ? { name: arn, arn, isOfAws, statements: EVERYTHING } : { ...unread(arn), arn, isOfAws };
}

/** What AdministratorAccess says, as long as it has been there. */
const EVERYTHING = readPolicy('{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}');

function unread(name: string): HeldPolicy {
  const statements: HeldPolicy['statements'] = unknown(
    'POLICY_MISSING',
    `The account's details name ${name}, and do not hold it.`,
  );
  return { name, arn: null, isOfAws: false, statements };
}

function underGroup(group: string, held: HeldPolicy): HeldPolicy {
  return { ...held, name: `group ${group}: ${held.name}` };
}

function byName(policies: readonly HeldPolicy[]): readonly HeldPolicy[] {
  return policies.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The statements of all of them; unknown where one of them is. */
export function statementsOf(policies: readonly HeldPolicy[]): Looked<readonly PolicyStatement[]> {
  const statements: PolicyStatement[] = [];
  for (const { name, statements: held } of policies) {
    if (held.status === 'unknown') return unknown(held.failure.code, `${name}: ${held.failure.message}`);
    statements.push(...held.value);
  }
  return seen(statements);
}
