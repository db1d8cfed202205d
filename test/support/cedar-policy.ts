import { preparsePolicySet, statefulIsAuthorized, type CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { JsonValue } from '../../src/domain/json.ts';
import type {
  Policy,
  PolicyBound,
  PolicyEffect,
  PolicyMatch,
  PolicyQuestion,
  PolicyRule,
  PolicyWindow,
} from '../../src/domain/policy.ts';
import { WEEKDAYS } from '../../src/domain/schedule.ts';

/**
 * Decides with Cedar instead of with our own code. Every value is put into the context as what it is,
 * `{ text }`, `{ number }`, `{ flag }` or nothing, so that missing and wrongly typed are seen by the policies in
 * Cedar, which is where their meaning is written a second time: `has` and a comparison for an allow, and for a deny
 * the negation of "known not to be so". Left to this code is what Cedar has no word for: that one rule must allow all
 * steps, weekdays and the wall clock (by another way than ours), and whole numbers only.
 */
export function cedarOf(policy: Policy, id: string): (question: PolicyQuestion) => PolicyEffect {
  const staticPolicies = Object.fromEntries(
    policy.rules.filter(({ effect }) => effect !== 'queue').map((rule) => [rule.id, cedarRule(policy, rule)]),
  );
  const parsed = preparsePolicySet(id, { staticPolicies });
  if (parsed.type === 'failure') throw new Error(parsed.errors.map(({ message }) => message).join('; '));
  return (question) => {
    const answers = question.steps.map((_, step) => authorize(id, contextOf(policy, question, step)));
    if (answers.some(({ decision, reason }) => decision === 'deny' && reason.length > 0)) return 'deny';
    const [first, ...rest] = answers.map(({ decision, reason }) => (decision === 'allow' ? reason : []));
    return first?.some((rule) => rest.every((rules) => rules.includes(rule))) === true ? 'allow' : 'queue';
  };
}

function authorize(
  id: string,
  context: Record<string, CedarValueJson>,
): { decision: string; reason: readonly string[] } {
  const answer = statefulIsAuthorized({
    principal: { type: 'Asker', id: 'a' },
    action: { type: 'Action', id: 'apply' },
    resource: { type: 'Plan', id: 'p' },
    context,
    preparsedPolicySetId: id,
    validateRequest: false,
    entities: [],
  });
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) throw new Error(diagnostics.errors.map(({ error }) => error.message).join('; '));
  return { decision, reason: diagnostics.reason };
}

/** A condition that is known to hold, and one that is known not to. */
interface Clause {
  readonly holds: string;
  readonly fails: string;
}

function cedarRule(policy: Policy, rule: PolicyRule): string {
  const isDeny = rule.effect === 'deny';
  const clauses = [
    ...matchClauses(rule.match),
    ...matchClauses(rule.match.not ?? {}).map(({ holds, fails }) => ({ holds: fails, fails: holds })),
    ...Object.entries(rule.bounds).flatMap(([path, bound]) => boundClauses(place(path), bound)),
    ...(rule.window === null ? [] : [windowClause(rule.window)]),
    ...(isDeny || policy.expiresAt === null ? [] : [compare('context.at', '<=', policy.expiresAt)]),
    ...(isDeny
      ? []
      : rule.limits.map((limit, index) => ({
          holds: `context.durable && context.counts has ${name(rule.id, index)} && context.counts.${name(rule.id, index)} <= ${limit.max}`,
          fails: 'false',
        }))),
  ];
  const words = clauses.map(({ holds, fails }) => (isDeny ? `!(${fails})` : `(${holds})`));
  return `${isDeny ? 'forbid' : 'permit'} (principal, action, resource) when { ${words.length === 0 ? 'true' : words.join(' && ')} };`;
}

function matchClauses(match: Omit<PolicyMatch, 'not'>): Clause[] {
  const lists: readonly (readonly [string, readonly JsonValue[] | undefined, 'exact' | 'pattern'])[] = [
    ['context.kind', match.actor?.kind, 'exact'],
    ...Object.entries(match.actor?.claims ?? {}).map(
      ([claim, values]) => [`context.claims.${claim}`, values, 'exact'] as const,
    ),
    ['context.action', match.action, 'pattern'],
    ['context.target', match.target?.id, 'exact'],
    ['context.environment', match.environment, 'exact'],
    ['context.resource', match.resource, 'pattern'],
    ...Object.entries(match.params ?? {}).map(
      ([param, values]) => [`context.params.${param}`, values, 'exact'] as const,
    ),
    ['context.destructive', match.destructive === undefined ? undefined : [match.destructive], 'exact'],
    ['context.risk', match.risk, 'exact'],
  ];
  return lists.flatMap(([at, values, kind]) =>
    values === undefined ? [] : [any(values.map((value) => one(at, value, kind)))],
  );
}

function any(clauses: readonly Clause[]): Clause {
  return {
    holds: clauses.map(({ holds }) => `(${holds})`).join(' || '),
    fails: clauses.map(({ fails }) => `(${fails})`).join(' && '),
  };
}

function one(at: string, value: JsonValue, kind: 'exact' | 'pattern'): Clause {
  const type = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'flag' : 'text';
  const test =
    kind === 'pattern' ? `${at}.text like ${JSON.stringify(value)}` : `${at}.${type} == ${JSON.stringify(value)}`;
  return { holds: `${at} has ${type} && ${test}`, fails: `${at} has ${type} && !(${test})` };
}

function compare(at: string, operator: '<=' | '>=', limit: number): Clause {
  const test = `${at}.number ${operator} ${limit}`;
  return { holds: `${at} has number && ${test}`, fails: `${at} has number && !(${test})` };
}

function boundClauses(at: string, { min, max, oneOf }: PolicyBound): Clause[] {
  return [
    ...(min === undefined ? [] : [compare(at, '>=', min)]),
    ...(max === undefined ? [] : [compare(at, '<=', max)]),
    ...(oneOf === undefined ? [] : [any(oneOf.map((value) => one(at, value, 'exact')))]),
  ];
}

function place(path: string): string {
  if (path === 'steps') return 'context.steps';
  return path === 'cost.monthly' ? 'context.cost' : `context.${path}`;
}

/** Minutes since Monday 00:00 on the wall, in Cedar: each day of the window is one stretch of them. */
function windowClause({ days, from, to }: PolicyWindow): Clause {
  const start = minutes(from);
  const length = (minutes(to) - start + 1_440) % 1_440 || 1_440;
  const inside = days.map((day) => {
    const begin = WEEKDAYS.indexOf(day) * 1_440 + start;
    const end = begin + length;
    const plain = `(context.wall.number >= ${begin} && context.wall.number < ${end})`;
    return end <= WEEK ? plain : `(${plain} || context.wall.number < ${end - WEEK})`;
  });
  const test = inside.join(' || ');
  return { holds: `context.wall has number && (${test})`, fails: `context.wall has number && !(${test})` };
}

const WEEK = 7 * 1_440;

function minutes(time: string): number {
  const [hours = '', rest = ''] = time.split(':');
  return Number(hours) * 60 + Number(rest);
}

function contextOf(policy: Policy, question: PolicyQuestion, index: number): Record<string, CedarValueJson> {
  const step = question.steps[index];
  const { actor } = question;
  const known = (value: unknown): CedarValueJson => tagged(value === '' ? undefined : value);
  return {
    at: tagged(question.at),
    wall: tagged(wallMinutes(policy, question.at)),
    kind: known(actor.kind),
    claims: tree(actor.kind === 'ci' ? (actor.claims ?? {}) : {}, ['repository', 'ref']),
    action: known(step?.action),
    resource: known(step?.resource),
    target: known(question.target.id),
    environment: known(question.environment),
    risk: known(question.risk),
    destructive: tagged(question.destructive),
    cost: tagged(question.costMonthly),
    steps: tagged(question.steps.length),
    params: tree(step?.params ?? {}, ['force', 'mode']),
    before: tree(step?.before ?? {}, ['replicas']),
    after: tree(step?.after ?? {}, ['replicas', 'size']),
    durable: question.durable,
    counts: countsOf(policy, question),
  };
}

function tagged(value: unknown): CedarValueJson {
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'boolean') return { flag: value };
  return typeof value === 'number' && Number.isSafeInteger(value) ? { number: value } : {};
}

/** Every name that a policy may look for is there, with nothing in it when it is missing. */
function tree(of: Readonly<Record<string, unknown>>, names: readonly string[]): CedarValueJson {
  return Object.fromEntries(names.map((each) => [each, tagged(Object.hasOwn(of, each) ? of[each] : undefined)]));
}

/** By what Intl writes out in Swedish, as ours goes by its parts in English. All windows of a policy are in one zone. */
function wallMinutes({ rules }: Policy, at: number): number | undefined {
  const timeZone = rules.find(({ window }) => window !== null)?.window?.timezone ?? 'UTC';
  if (Number.isNaN(at)) return undefined;
  const [date = '', time = ''] = new Date(at).toLocaleString('sv-SE', { timeZone }).split(' ');
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return weekday * 1_440 + minutes(time.slice(0, 5));
}

function name(rule: string, limit: number): string {
  return `${rule.replaceAll('-', '_')}_${limit}`;
}

/** What would be counted after this plan, for the limits of which that is known; each for the rule as a whole. */
function countsOf(policy: Policy, { steps, costMonthly, used }: PolicyQuestion): CedarValueJson {
  const counts = policy.rules.flatMap((rule) =>
    rule.limits.map(({ of, per }, index): [string, number | undefined] => {
      const amounts =
        of === 'applies'
          ? [1]
          : of === 'cost.monthly'
            ? [costMonthly]
            : steps.map(({ after }) => (Object.hasOwn(after, 'replicas') ? after['replicas'] : undefined));
      const sum = amounts.reduce<number>(
        (total, amount) => total + (typeof amount === 'number' ? Math.abs(amount) : Number.NaN),
        0,
      );
      const before = used.get(JSON.stringify([policy.name, rule.id, of, per, 'rule', ''])) ?? 0;
      return [name(rule.id, index), Number.isSafeInteger(sum) ? before + sum : undefined];
    }),
  );
  return Object.fromEntries(counts.filter((entry): entry is [string, number] => entry[1] !== undefined));
}
