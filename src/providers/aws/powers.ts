import { seen, type Looked } from '../../domain/failure.ts';
import { covers } from './iam-pattern.ts';
import { statementsOf, type Group, type Identities, type Identity } from './identities.ts';
import type { PolicyStatement } from './policy-document.ts';
import { METHODS, type Method, type Target } from './power-methods.ts';
import { reaches, reachesAll, rightsIn, type Right, type Rights } from './rights.ts';
import { trustsIn } from './trust.ts';

/** What somebody could make of the rights that they have. */
export interface Powers {
  /** Everything is allowed on everything; `conditional`: when something else holds as well. */
  readonly administrator: 'yes' | 'conditional' | 'no';
  /** Names of the policies that say so, sorted. */
  readonly administratorBy: readonly string[];
  /** Ways to more rights, in the order of power-methods.ts; of an administrator none are told. */
  readonly methods: readonly Power[];
}

export interface Power {
  /** The actions that it takes: `iam:PassRole + ec2:RunInstances`. */
  readonly id: string;
  readonly gives: Method['gives'];
  /** One of its rights has a condition. */
  readonly isConditional: boolean;
}

/** By ARN; unknown where a policy of who it is could not be read. */
export function powersIn(
  identities: Identities,
  account: { readonly partition: string; readonly id: string },
): ReadonlyMap<string, Looked<Powers>> {
  const all = [...identities.users, ...identities.roles];
  const views = new Map(all.map((identity) => [identity.arn, viewOf(identity)]));
  const world: World = {
    account,
    identities,
    administrators: all.filter(({ arn }) => {
      const view = views.get(arn);
      return view?.status === 'seen' && view.value.administrator === 'yes';
    }),
    groups: identities.groups.filter((group) => isAdministratorsGroup(group)),
  };
  return new Map(
    all.map((identity) => {
      const view = views.get(identity.arn) ?? viewOf(identity);
      if (view.status === 'unknown') return [identity.arn, view];
      const { administrator } = view.value;
      const methods = administrator === 'yes' ? [] : methodsOf(identity, view.value.rights, world);
      const wide = identity.policies.filter(
        ({ statements }) => statements.status === 'seen' && statements.value.some(isEverything),
      );
      const administratorBy = administrator === 'no' ? [] : wide.map(({ name }) => name);
      return [identity.arn, seen({ administrator, administratorBy, methods })];
    }),
  );
}

interface View {
  readonly rights: Rights;
  readonly administrator: Powers['administrator'];
}

interface World {
  readonly account: { readonly partition: string; readonly id: string };
  readonly identities: Identities;
  readonly administrators: readonly Identity[];
  readonly groups: readonly Group[];
}

function viewOf(identity: Identity): Looked<View> {
  const statements = statementsOf(identity.policies);
  if (statements.status === 'unknown') return statements;
  const boundary = identity.boundary === null ? seen(null) : statementsOf([identity.boundary]);
  if (boundary.status === 'unknown') return boundary;
  const rights = rightsIn(identity, statements.value, boundary.value);
  return seen({ rights, administrator: wideness(rights, statements.value, boundary.value) });
}

function isAdministratorsGroup({ policies, name }: Group): boolean {
  const statements = statementsOf(policies);
  if (statements.status === 'unknown') return false;
  const rights = rightsIn({ kind: 'user', name }, statements.value, null);
  return wideness(rights, statements.value, null) === 'yes';
}

/** Any of these lets its owner give itself whatever was left out. */
const WRITES_RIGHTS = ['iam:AttachUserPolicy', 'iam:AttachRolePolicy', 'iam:PutUserPolicy', 'iam:PutRolePolicy'];

/** Everything on everything, or everything but a few; not where what gives rights is left out of it (PowerUserAccess). */
function wideness(
  rights: Rights,
  statements: readonly PolicyStatement[],
  boundary: readonly PolicyStatement[] | null,
): Powers['administrator'] {
  const isWide = statements.some(isEverything) && (boundary === null || boundary.some(isEverything));
  if (!isWide) return 'no';
  const left = WRITES_RIGHTS.flatMap((action) => rights(action)).filter(({ pattern }) => pattern === '*');
  if (left.length === 0) return 'no';
  return left.some(({ isConditional }) => !isConditional) ? 'yes' : 'conditional';
}

function isEverything({ effect, actions, notActions, resources, notResources }: PolicyStatement): boolean {
  if (effect !== 'Allow') return false;
  const isEveryAction = notActions.length > 0 || actions.some((action) => /^\*+(?::\*+)?$/.test(action));
  return isEveryAction && (notResources.length > 0 || resources.some((resource) => /^\*+$/.test(resource)));
}

function methodsOf(identity: Identity, rights: Rights, world: World): readonly Power[] {
  return METHODS.flatMap((method): readonly Power[] => {
    if (method.of !== null && method.of !== identity.kind) return [];
    let isConditional = false;
    for (const { action, target } of method.needs) {
      const useful = rights(action).filter((right) => isUseful(right, target, method, identity, world));
      if (useful.length === 0) return [];
      if (useful.every((right) => right.isConditional)) isConditional = true;
    }
    return [{ id: method.id, gives: method.gives, isConditional }];
  });
}

/** Who is asked about is no administrator: of those no ways are told. */
function isUseful(right: Right, target: Target, method: Method, identity: Identity, world: World): boolean {
  const { account, administrators, groups } = world;
  const all = (kind: string): boolean => reachesAll(right, `arn:${account.partition}:iam::${account.id}:${kind}/*`);
  const someOf = (found: readonly { readonly arn: string }[]): boolean => found.some(({ arn }) => reaches(right, arn));
  const administratorRoles = administrators.filter(({ kind }) => kind === 'role');
  switch (target) {
    case 'anything':
      return true;
    case 'all':
      return isWholesale(right.pattern);
    case 'all-roles':
      return all('role');
    case 'self':
      return reaches(right, identity.arn);
    case 'own-policy':
      return (
        all('policy') || identity.policies.some(({ arn, isOfAws }) => arn !== null && !isOfAws && reaches(right, arn))
      );
    case 'own-group':
      return world.identities.groups.some(({ name, arn }) => identity.groups.includes(name) && reaches(right, arn));
    case 'administrators-group':
      return all('group') || someOf(groups.filter(({ name }) => !identity.groups.includes(name)));
    case 'other-user':
      return all('user') || someOf(administrators.filter(({ kind }) => kind === 'user'));
    case 'administrator-role':
      return all('role') || someOf(administratorRoles);
    case 'passed-role': {
      const service = method.service ?? '';
      if (right.passedTo !== null && !right.passedTo.some((pattern) => covers(pattern, service))) return false;
      return all('role') || someOf(administratorRoles.filter((role) => trustsService(role, service, account)));
    }
    default:
      return target satisfies never;
  }
}

/** `*`, `arn:aws:lambda:*:*:function:*`, `arn:aws:ec2:eu-west-1:123456789012:instance/*`. */
function isWholesale(pattern: string): boolean {
  if (/^\*+$/.test(pattern)) return true;
  const resource = pattern.split(':').slice(5).join(':');
  return /^(?:\*|[a-z-]+[:/]\*(?:\/\*)?)$/.test(resource);
}

/** Of a trust policy that could not be read nobody knows: it may. */
function trustsService({ trust }: Identity, service: string, account: { readonly id: string }): boolean {
  if (trust === null || trust.status === 'unknown') return trust !== null;
  return trustsIn(trust.value, account).some(({ principal }) => principal === service || principal === '*');
}
