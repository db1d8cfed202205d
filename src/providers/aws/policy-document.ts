import { canonicalJson } from '../../domain/canonical-json.ts';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';

/** A statement of a policy, every list sorted and each of its entries once; absent lists are empty. */
export interface PolicyStatement {
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  /** `*`, `AWS:arn:aws:iam::123456789012:root`, `Service:s3.amazonaws.com`; empty: the policy names none. */
  readonly principals: readonly string[];
  /** Everyone but these, in an Allow: as good as everyone. */
  readonly notPrincipals: readonly string[];
  readonly actions: readonly string[];
  /** Every action but these. */
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly conditions: readonly PolicyCondition[];
}

export interface PolicyCondition {
  /** `StringEquals`, `ForAnyValue:IpAddress`. */
  readonly operator: string;
  /** In small letters, as keys are compared without regard to case: `aws:sourceaccount`. */
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * The statements of a policy as a service sends it: JSON, or JSON in URL encoding (IAM). By IAM's grammar of policies; what
 * does not fit it is unknown, and never a policy that allows nothing.
 */
export function readPolicy(document: string): Looked<readonly PolicyStatement[]> {
  const parsed = parsedJson(document);
  if (!isObject(parsed)) return unknown('POLICY_INVALID', 'The policy is no JSON object.');
  const { Statement: written } = parsed;
  const list = Array.isArray(written) ? written : written === undefined ? [] : [written];
  const statements = list.map(statementOf);
  const broken = statements.findIndex((statement) => statement === null);
  if (broken !== -1) return unknown('POLICY_INVALID', `Statement ${broken + 1} of the policy can not be understood.`);
  return seen(statements.filter((statement) => statement !== null));
}

/** A policy in the one form that two of the same meaning share, but for its version and the names of its statements. */
export function canonicalPolicy(statements: readonly PolicyStatement[]): JsonValue {
  return statements
    .map(
      ({ sid: _, ...statement }): JsonObject => ({
        ...statement,
        conditions: statement.conditions.map((condition) => ({ ...condition })),
      }),
    )
    .toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}

function parsedJson(document: string): unknown {
  for (const text of [document, decoded(document)]) {
    try {
      return JSON.parse(text);
    } catch {
      continue; // the other form, or none
    }
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function statementOf(written: unknown): PolicyStatement | null {
  if (!isObject(written)) return null;
  const { Effect: effect, Sid: sid } = written;
  if (effect !== 'Allow' && effect !== 'Deny') return null;
  const parts = {
    principals: principalsOf(written['Principal']),
    notPrincipals: principalsOf(written['NotPrincipal']),
    actions: textsOf(written['Action']),
    notActions: textsOf(written['NotAction']),
    resources: textsOf(written['Resource']),
    notResources: textsOf(written['NotResource']),
    conditions: conditionsOf(written['Condition']),
  };
  const { principals, notPrincipals, actions, notActions, resources, notResources, conditions } = parts;
  if (principals === null || notPrincipals === null || actions === null || notActions === null) return null;
  if (resources === null || notResources === null || conditions === null) return null;
  return {
    sid: typeof sid === 'string' ? sid : null,
    effect,
    principals,
    notPrincipals,
    actions,
    notActions,
    resources,
    notResources,
    conditions,
  };
}

/** `"*"`, or lists by type: `{ AWS: "*" }` means the same as `"*"`. */
function principalsOf(written: unknown): readonly string[] | null {
  if (written === undefined) return [];
  if (typeof written === 'string') return written === '*' ? ['*'] : null;
  if (!isObject(written)) return null;
  const parts = Object.entries(written).map(([type, values]) =>
    textsOf(values)?.map((value) => (type === 'AWS' && value === '*' ? '*' : `${type}:${value}`)),
  );
  return parts.some((part) => part === undefined) ? null : unique(parts.flatMap((part) => part ?? []));
}

function conditionsOf(written: unknown): readonly PolicyCondition[] | null {
  if (written === undefined) return [];
  if (!isObject(written)) return null;
  const conditions: PolicyCondition[] = [];
  for (const [operator, keys] of Object.entries(written)) {
    if (!isObject(keys)) return null;
    for (const [key, values] of Object.entries(keys)) {
      const texts = textsOf(values);
      if (texts === null) return null;
      conditions.push({ operator, key: key.toLowerCase(), values: texts });
    }
  }
  return conditions.toSorted((a, b) => (`${a.operator} ${a.key}` < `${b.operator} ${b.key}` ? -1 : 1));
}

/** One value or several; booleans and numbers stand for their texts. */
function textsOf(written: unknown): readonly string[] | null {
  if (written === undefined) return [];
  const list: readonly unknown[] = Array.isArray(written) ? written : [written];
  const texts = list.flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [],
  );
  return texts.length === list.length ? unique(texts) : null;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
