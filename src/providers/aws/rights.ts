import { covers, meet, overlap } from './iam-pattern.ts';
import type { PolicyCondition, PolicyStatement } from './policy-document.ts';

/** What an action may be done to. */
export interface Right {
  /** A pattern over ARNs; `*`: everything. */
  readonly pattern: string;
  /** Patterns of what is surely left out of it. */
  readonly except: readonly string[];
  /** Something else has to hold too: an address, a second factor, a tag. */
  readonly isConditional: boolean;
  /** Where a role may be passed only to these services: patterns; null: to any. */
  readonly passedTo: readonly string[] | null;
}

/** All that is allowed of an action (`iam:PassRole`), however policies put it. */
export type Rights = (action: string) => readonly Right[];

interface Holder {
  readonly kind: 'user' | 'role';
  readonly name: string;
}

/**
 * By IAM's logic of evaluation: what an Allow gives, the boundary allows too (null: there is none) and no Deny takes away. A
 * Deny with conditions may not hold when it matters, and takes nothing away. What service control policies forbid is not seen.
 */
export function rightsIn(
  holder: Holder,
  statements: readonly PolicyStatement[],
  boundary: readonly PolicyStatement[] | null,
): Rights {
  const allows = statements.filter(({ effect }) => effect === 'Allow');
  const bounds = boundary?.filter(({ effect }) => effect === 'Allow') ?? null;
  const denies = [...statements, ...(boundary ?? [])].filter(
    ({ effect, conditions }) => effect === 'Deny' && conditions.length === 0,
  );
  return (action) => {
    const name = action.toLowerCase();
    const allowed = allows.filter((each) => isAbout(each, name)).flatMap((each) => given(each, holder));
    if (allowed.length === 0) return [];
    const bounded = bounds === null ? allowed : within(allowed, bounds, name, holder);
    return denies.filter((each) => isAbout(each, name)).reduce((left, deny) => without(left, deny, holder), bounded);
  };
}

/** True when a right is to this very thing. */
export function reaches({ pattern, except }: Right, arn: string): boolean {
  return covers(pattern, arn) && !except.some((left) => covers(left, arn));
}

/** True when a right is to all of a kind (`arn:aws:iam::123456789012:role/*`), but perhaps for a few. */
export function reachesAll({ pattern, except }: Right, kind: string): boolean {
  return covers(pattern, kind) && !except.some((left) => covers(left, kind));
}

/** What is asked of one statement is asked for everyone who holds it: a policy of AWS has thousands of actions. */
const asked = new WeakMap<PolicyStatement, Map<string, boolean>>();

/** True when a statement is about an action, given in small letters. */
export function isAbout(statement: PolicyStatement, action: string): boolean {
  const answers = asked.get(statement) ?? new Map<string, boolean>();
  asked.set(statement, answers);
  const { actions, notActions } = statement;
  const fits = (pattern: string): boolean => covers(pattern.toLowerCase(), action);
  const answer = answers.get(action) ?? (notActions.length > 0 ? !notActions.some(fits) : actions.some(fits));
  answers.set(action, answer);
  return answer;
}

function given({ resources, notResources, conditions }: PolicyStatement, holder: Holder): readonly Right[] {
  const passing = passingOf(conditions);
  const passedTo = passing?.values ?? null;
  const others = conditions.filter((condition) => condition !== passing);
  const except = notResources.flatMap((pattern) => sure(pattern, holder));
  const patterns = notResources.length > 0 ? ['*'] : resources;
  return patterns.flatMap((written): readonly Right[] => {
    const pattern = filled(written, holder);
    if (pattern === null) return [];
    return [{ pattern, except, isConditional: others.length > 0 || pattern.includes('${'), passedTo }].map((right) => ({
      ...right,
      pattern: right.pattern.replaceAll(VARIABLE, '*'),
    }));
  });
}

const PASSED_TO = 'iam:passedtoservice';

/** The condition that names to which services a role may be passed. */
function passingOf(conditions: readonly PolicyCondition[]): PolicyCondition | undefined {
  return conditions.find(
    ({ operator, key }) => key === PASSED_TO && /^String(Equals|Like|EqualsIgnoreCase)(IfExists)?$/i.test(operator),
  );
}

const VARIABLE = /\$\{[^}]*\}/g;

/** With the names that are known put in; null where it is for users alone, and this is none. */
function filled(pattern: string, { kind, name }: Holder): string | null {
  if (!/\$\{aws:username\}/i.test(pattern)) return pattern;
  return kind === 'user' ? pattern.replaceAll(/\$\{aws:username\}/gi, name) : null;
}

/** What takes something away is taken at its word: of a variable that is not known nobody's name has the `${`, and nothing goes. */
function sure(pattern: string, holder: Holder): readonly string[] {
  const known = filled(pattern, holder);
  return known === null ? [] : [known];
}

/** What the boundary allows of rights. */
function within(
  rights: readonly Right[],
  bounds: readonly PolicyStatement[],
  action: string,
  holder: Holder,
): readonly Right[] {
  const limits = bounds.filter((each) => isAbout(each, action)).flatMap((each) => given(each, holder));
  return rights.flatMap((right) => {
    const full = limits.find((limit) => isFull(limit) && covers(limit.pattern, right.pattern));
    if (full !== undefined) return [right];
    return limits.flatMap((limit): readonly Right[] => {
      const common = meet(right.pattern, limit.pattern);
      if (common === null) return [];
      return [
        {
          pattern: common.pattern,
          except: [...right.except, ...limit.except],
          isConditional: right.isConditional || limit.isConditional || !common.exact,
          passedTo: right.passedTo ?? limit.passedTo,
        },
      ];
    });
  });
}

function isFull({ except, isConditional, passedTo }: Right): boolean {
  return except.length === 0 && !isConditional && passedTo === null;
}

function without(rights: readonly Right[], deny: PolicyStatement, holder: Holder): readonly Right[] {
  if (deny.notResources.length > 0) {
    const spared = deny.notResources.map((pattern) => filled(pattern, holder)?.replaceAll(VARIABLE, '*') ?? null);
    return rights.flatMap((right) =>
      spared.flatMap((pattern): readonly Right[] => {
        const common = pattern === null ? null : meet(right.pattern, pattern);
        if (common === null) return [];
        return [{ ...right, pattern: common.pattern, isConditional: right.isConditional || !common.exact }];
      }),
    );
  }
  const taken = deny.resources.flatMap((pattern) => sure(pattern, holder));
  return rights.flatMap((right): readonly Right[] => {
    if (taken.some((pattern) => covers(pattern, right.pattern))) return [];
    return [{ ...right, except: [...right.except, ...taken.filter((pattern) => overlap(pattern, right.pattern))] }];
  });
}
