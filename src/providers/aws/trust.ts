import { covers } from './iam-pattern.ts';
import type { PolicyCondition, PolicyStatement } from './policy-document.ts';
import { isAbout } from './rights.ts';

/** Whom a role lets in, by one principal of one statement of its trust policy. */
export interface Trust {
  readonly who: Trusted;
  /** As the policy names it, without its type: `*`, `arn:aws:iam::111122223333:root`, `ec2.amazonaws.com`. */
  readonly principal: string;
  /** Of another account, or this one; null: none is named. */
  readonly account: string | null;
  /** Keys of the conditions that surely shut somebody out, sorted: `sts:externalid`. */
  readonly guards: readonly string[];
  /** A guard names who it may be: an organisation, an account, an identity; for a provider, its users. */
  readonly isNarrowed: boolean;
}

/**
 * `provider`: somebody whom an OIDC or SAML provider vouches for. `shared-provider`: one that vouches for everybody's users.
 * `deleted`: the id of an identity that is gone.
 */
export type Trusted =
  | 'everyone'
  | 'own-account'
  | 'other-account'
  | 'provider'
  | 'shared-provider'
  | 'service'
  | 'deleted';

/** How one becomes a role; to tag a session or to name its source alone lets nobody in. */
const ENTRANCES = ['sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity'];

/** Who may become a role by its trust policy, sorted; an account may still say no to its own. */
export function trustsIn(statements: readonly PolicyStatement[], own: { readonly id: string }): readonly Trust[] {
  const open = ENTRANCES.filter((entrance) => !statements.some((each) => isShut(each, entrance)));
  const trusts = statements
    .filter((each) => each.effect === 'Allow' && open.some((entrance) => isAbout(each, entrance)))
    .flatMap(({ principals, notPrincipals, conditions }) =>
      (notPrincipals.length > 0 ? ['*'] : principals).map((principal) => trustOf(principal, conditions, own.id)),
    );
  const byText = new Map(trusts.map((trust) => [JSON.stringify(trust), trust]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, trust]) => trust);
}

/** Nobody at all comes in this way. */
function isShut(statement: PolicyStatement, entrance: string): boolean {
  const { effect, principals, conditions } = statement;
  return effect === 'Deny' && conditions.length === 0 && principals.includes('*') && isAbout(statement, entrance);
}

function trustOf(named: string, conditions: readonly PolicyCondition[], own: string): Trust {
  const guarding = conditions.filter(isGuard);
  const guards = [...new Set(guarding.map(({ key }) => key))].toSorted();
  const make = (who: Trusted, principal: string, account: string | null, isNarrowed: boolean): Trust => ({
    who,
    principal,
    account,
    guards,
    isNarrowed,
  });
  if (named === '*') {
    const naming = guarding.filter(({ key }) => NAMES_WHO.has(key));
    const isOwn = naming.some(({ key, values }) => isOnlyOf(key, values, own));
    return make(isOwn ? 'own-account' : 'everyone', '*', isOwn ? own : null, naming.length > 0);
  }
  const [type, principal] = splitOnce(named, ':');
  if (type === 'Service') return make('service', principal, null, true);
  if (type === 'Federated') {
    const { issuer, isShared } = providerOf(principal);
    const narrows = guarding.some(({ key }) => issuer !== null && namesUser(issuer, key));
    // SAML and the user pools say by their audience (which is always asked for) who it is.
    const isNarrowed = narrows || principal.includes(':saml-provider/');
    return make(isShared ? 'shared-provider' : 'provider', principal, principal.split(':')[4] ?? null, isNarrowed);
  }
  if (type !== 'AWS') return make('deleted', principal, null, true);
  const account = /^\d{12}$/.test(principal) ? principal : /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1];
  if (account === undefined) return make('deleted', principal, null, true);
  const isWhole = /^\d{12}$|:root$/.test(principal);
  const who = account === own ? 'own-account' : 'other-account';
  return make(who, principal, account, !isWhole || guarding.some(({ key }) => NAMES_WHO.has(key)));
}

/** Keys that say who somebody is. With `IfExists` or `ForAllValues` they shut out nobody who does not bear them. */
const NAMES_WHO = new Set([
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:userid',
  'aws:sourceaccount',
  'aws:sourceorgid',
]);

/** Of what is set for everybody, a condition on it shuts out nobody; of what callers choose themselves, neither. */
const NO_GUARDS =
  /^(?:aws:(?:currenttime|epochtime|securetransport|useragent|referer|requestedregion)|sts:rolesessionname)$/;

function isGuard({ operator, key, values }: PolicyCondition): boolean {
  if (NO_GUARDS.test(key) || values.length === 0) return false;
  const plain = operator.replace(/^ForAnyValue:/i, '');
  if (/^Bool$/i.test(plain)) return values.every((value) => value.toLowerCase() === 'true');
  if (!/^(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/i.test(plain)) return false;
  const isLiteral = /^StringEquals/i.test(plain);
  return values.every((value) => {
    if (/^IpAddress$/i.test(plain)) return !value.endsWith('/0');
    if (key === 'aws:principalarn' || key === 'aws:sourcearn') return namesAccount(value, isLiteral);
    return isLiteral || !(key.endsWith(':sub') ? ANY_SUBJECT : ANYTHING).test(value);
  });
}

const ANYTHING = /^[*?:/]*$/;
/** `*`, `repo:*`, `repo:*\/app:*`, `system:serviceaccount:*`: whose it is stays open. */
const ANY_SUBJECT = /^(?:[a-z_]+:|system:serviceaccount:)?[*?]/;

/** A pattern over ARNs that leaves the account open lets in whoever makes an identity of that name in an account of theirs. */
function namesAccount(value: string, isLiteral: boolean): boolean {
  const [, , , , account = ''] = value.split(':');
  return isLiteral ? value !== '' : /^\d{12}$/.test(account);
}

function isOnlyOf(key: string, values: readonly string[], own: string): boolean {
  if (key === 'aws:principalaccount') return values.every((value) => value === own);
  return key === 'aws:principalarn' && values.every((value) => value.split(':')[4] === own);
}

/** Issuers that vouch for the users of all their customers. */
const SHARED = [
  'token.actions.githubusercontent.com*',
  'gitlab.com',
  'app.terraform.io',
  'api.bitbucket.org*',
  'oidc.circleci.com*',
  'agent.buildkite.com',
  'oidc.vercel.com',
  'app.pulumi.com',
  'api.pulumi.com/oidc',
  'accounts.google.com',
  'www.amazon.com',
  'graph.facebook.com',
  'cognito-identity.amazonaws.com',
  'oidc.fly.io',
  'tokens.spacelift.io',
];

function providerOf(principal: string): { readonly issuer: string | null; readonly isShared: boolean } {
  const issuer = principal.includes(':saml-provider/') ? null : (principal.split(':oidc-provider/')[1] ?? principal);
  const isShared = issuer !== null && SHARED.some((pattern) => covers(pattern, issuer.toLowerCase()));
  return { issuer, isShared };
}

/** Of these providers the audience is the application's own; elsewhere everybody asks for the same. */
const AUDIENCE_IS_OWN =
  /^(?:accounts\.google\.com|www\.amazon\.com|graph\.facebook\.com|cognito-identity\.amazonaws\.com)$/;
/** Claims that say whose token it is. */
const CLAIMS_OF_USER =
  /^(?:sub|repository|repository_id|repository_owner|repository_owner_id|job_workflow_ref|enterprise_id|project_id|namespace_id|terraform_organization_id|terraform_workspace_id|amr)$/;

function namesUser(issuer: string, key: string): boolean {
  const prefix = `${issuer.toLowerCase()}:`;
  if (!key.startsWith(prefix)) return false;
  const claim = key.slice(prefix.length);
  if (CLAIMS_OF_USER.test(claim)) return claim !== 'amr' || issuer.startsWith('cognito-identity');
  return AUDIENCE_IS_OWN.test(issuer.toLowerCase()) && /^(?:aud|app_id|oaud)$/.test(claim);
}

function splitOnce(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}
