import type { PolicyCondition, PolicyStatement } from './policy-document.ts';

/** Who a resource's own policy lets in. */
export interface PolicyAccess {
  /** What everybody may do: actions, sorted; empty: nothing. */
  readonly everybody: readonly string[];
  /** Accounts, users, roles and federations outside of the account that it lets in: sorted. */
  readonly outsiders: readonly string[];
  /** Everybody who meets a condition: the conditions, as `aws:principalorgid`. */
  readonly conditional: readonly string[];
}

/**
 * Who a policy lets in, by what AWS calls public (S3 User Guide, "The meaning of public"; IAM User Guide, "Policy evaluation
 * logic"): an Allow for everybody, or for everyone but some, that no condition narrows to fixed values. A Deny takes away what
 * it surely covers: the same or more actions, of the same or more resources, for everybody and without a condition.
 */
export function policyAccess(statements: readonly PolicyStatement[], account: string): PolicyAccess {
  const denials = statements.filter(
    (statement) => statement.effect === 'Deny' && isEverybody(statement) && statement.conditions.length === 0,
  );
  const everybody = new Set<string>();
  const outsiders = new Set<string>();
  const conditional = new Set<string>();
  for (const statement of statements) {
    if (statement.effect !== 'Allow' || denials.some((denial) => covers(denial, statement))) continue;
    const narrowing = statement.conditions.filter(isNarrowing);
    if (!isEverybody(statement)) {
      for (const principal of statement.principals) if (isOutside(principal, account)) outsiders.add(principal);
    } else if (narrowing.length === 0) for (const action of actionsOf(statement)) everybody.add(action);
    else if (!narrowing.some((condition) => keepsToAccount(condition, account)))
      for (const { key, values } of narrowing) {
        conditional.add(key);
        if (NAMES_ACCOUNTS.has(key)) for (const value of values) outsiders.add(`AWS:${value}`);
      }
  }
  return { everybody: sorted(everybody), outsiders: sorted(outsiders), conditional: sorted(conditional) };
}

export function isEverybody({ principals, notPrincipals }: PolicyStatement): boolean {
  return principals.includes('*') || notPrincipals.length > 0;
}

function actionsOf({ actions, notActions }: PolicyStatement): readonly string[] {
  return notActions.length > 0 ? [`all but ${notActions.join(', ')}`] : actions;
}

/** Keys that fix who asks, or from where: AWS's list for S3, which the other services share. */
const FIXING = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceowner',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:vpcsourceip',
  'aws:userid',
  'aws:username',
  'kms:calleraccount',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
  'lambda:eventsourcetoken',
]);
const NAMES_ACCOUNTS = new Set(['aws:principalaccount', 'aws:sourceaccount', 'aws:sourceowner', 'kms:calleraccount']);

/** Whether it narrows who is let in: not with a wildcard for everything, nor where the key may be absent. */
export function isNarrowing({ operator, key, values }: PolicyCondition): boolean {
  const [set = '', base = operator] = operator.includes(':') ? operator.split(':') : ['', operator];
  // These are also true when the key is not there at all.
  if (base.endsWith('IfExists') || set === 'ForAllValues') return false;
  if (key === 'aws:sourceip')
    return base === 'IpAddress' && values.length > 0 && !values.some((value) => value.endsWith('/0'));
  if (!FIXING.has(key)) return false;
  if (!/^(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/.test(base)) return false;
  return values.length > 0 && !values.some(isAnything);
}

/** `*`, and what is as good as that: an ARN with a `*` for its account. */
function isAnything(value: string): boolean {
  if (/^[*?]*$/.test(value)) return true;
  if (!value.startsWith('arn:')) return false;
  const [, , service = '', , account = ''] = value.split(':');
  // The ARN of a bucket has no account in it, and names one all the same.
  return service === 's3' ? /^arn:[^:]*:s3:::\*?$/.test(value) : account.includes('*');
}

function keepsToAccount({ key, values }: PolicyCondition, account: string): boolean {
  if (key === 'aws:sourceip' || key === 'aws:sourcevpc' || key === 'aws:sourcevpce' || key === 'aws:vpcsourceip')
    return false;
  return values.every((value) => value === account || value.split(':')[4] === account);
}

/** `AWS:arn:aws:iam::123456789012:root`, `AWS:123456789012`; services of AWS act for the account. */
function isOutside(principal: string, account: string): boolean {
  const [type = '', ...rest] = principal.split(':');
  if (type === 'Service') return false;
  const value = rest.join(':');
  if (type === 'AWS') return !(value === account || value.split(':')[4] === account);
  return true;
}

function covers(denial: PolicyStatement, { actions, notActions, resources, notResources }: PolicyStatement): boolean {
  if (denial.notActions.length > 0 || denial.notResources.length > 0 || denial.notPrincipals.length > 0) return false;
  if (notActions.length > 0 || notResources.length > 0)
    return denial.actions.includes('*') && denial.resources.includes('*');
  const all = (wide: readonly string[], narrow: readonly string[]): boolean =>
    narrow.every((one) => wide.some((pattern) => fits(pattern.toLowerCase(), one.toLowerCase())));
  return all(denial.actions, actions) && all(denial.resources, resources);
}

/** IAM's wildcards: `*` for anything, `?` for one character. */
export function fits(pattern: string, text: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  let index = 0;
  while (index < text.length) {
    if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index]) && pattern[at] !== '*') {
      at += 1;
      index += 1;
    } else if (pattern[at] === '*') {
      star = at;
      mark = index;
      at += 1;
    } else if (star !== -1) {
      at = star + 1;
      mark += 1;
      index = mark;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

function sorted(values: Iterable<string>): readonly string[] {
  return [...new Set(values)].toSorted();
}
