import * as z from 'zod';
import { RISKS } from '../../domain/action.ts';
import type { ActorKind } from '../../domain/actor.ts';
import type { ErrorCode } from '../../domain/error-codes.ts';
import { excerpt } from '../../domain/excerpt.ts';
import { WEEKDAYS } from '../../domain/schedule.ts';
import { MINUTES_IN_A_DAY, parseTimeOfDay } from '../../domain/time-of-day.ts';
import { suggest } from '../../domain/suggest.ts';
import { parseEndOfDay, parseInstant } from './instant.ts';
import { PATH } from './path.ts';
import { isZone } from './wall-clock.ts';

const ACTOR_KINDS = ['operator', 'runbook', 'ci', 'model', 'mcp', 'holdfast'] as const satisfies readonly ActorKind[];

const text = z.string().min(1).max(500);
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'it takes lower-case letters, digits and dashes, at most 63');
const environment = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,40}$/,
    "it takes a name of the configuration's environments: lower-case letters, digits and dashes",
  );
const action = z
  .string()
  .regex(
    /^(?:\*|[a-z0-9-]+\/(?:\*|[a-z0-9-]+))$/,
    'it takes an id such as host/prune-directory without a version, a provider such as host/*, or "*"',
  );
const runbookDigest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'it takes the digest of a runbook: sha256: and 64 hex digits');
const plain = z.union([z.string().max(500), z.number(), z.boolean()], {
  error: 'it takes a text, a number, true or false; null is "not known", which nothing equals',
});
const amount = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

/** A list, or one value that stands for a list of one. An empty list would never hold, and a deny would never deny. */
function oneOrMore<Item extends z.ZodType>(item: Item) {
  return z
    .union([item, z.array(item).min(1, 'an empty list says nothing; take the key out').max(1_000)])
    .transform((value): z.output<Item>[] => (Array.isArray(value) ? value : [value]));
}

/** A check of what goes together, made only of a value whose parts are sound: else zod hands over parts as they are written. */
function together<Value>(check: (value: Value, context: z.core.$RefinementCtx<Value>) => void) {
  return (value: Value, context: z.core.$RefinementCtx<Value>): void => {
    if (context.issues.length === 0) check(value, context);
  };
}

/** A map without keys would be a clause that holds always. */
const notEmpty = together((value: object, context) => {
  if (Object.values(value).some((inner) => inner !== undefined)) return;
  context.addIssue({ code: 'custom', message: 'an empty map says nothing; take the key out' });
});

const instant = z.string().transform((written, context) => {
  const at = parseInstant(written);
  return (
    at ??
    refuse(
      context,
      `${excerpt(written)} is not an instant; write it like 2026-11-24T10:00:00+01:00, with its offset or Z`,
    )
  );
});

const expires = z.string().transform((written, context) => {
  const at = parseEndOfDay(written) ?? parseInstant(written);
  return (
    at ??
    refuse(
      context,
      `${excerpt(written)} is neither a date such as 2027-02-01 nor an instant such as 2027-02-01T12:00:00Z`,
    )
  );
});

const MATCH = {
  actor: z
    .strictObject({
      kind: oneOrMore(z.enum(ACTOR_KINDS)).optional().describe('operator, runbook, ci, model, mcp, holdfast.'),
      name: oneOrMore(text).optional().describe('Exact names.'),
      claims: z
        .record(text, oneOrMore(z.string({ error: 'claims are text; put it in quotes' })))
        .superRefine(notEmpty)
        .optional()
        .describe('Claims of a verified OIDC token: each must be there and equal one of the texts.'),
    })
    .superRefine(notEmpty)
    .optional()
    .describe('Who asks.'),
  action: oneOrMore(action).optional().describe('Ids without a version, provider/*, or "*".'),
  target: z
    .strictObject({
      provider: oneOrMore(text).optional().describe('host, kubernetes, aws, ...'),
      id: oneOrMore(z.string({ error: 'an id is text; put it in quotes' }).min(1))
        .optional()
        .describe('The identity that a plan shows: a cluster uid, an account, a machine id.'),
    })
    .superRefine(notEmpty)
    .optional()
    .describe('What is changed.'),
  environment: oneOrMore(environment).optional().describe("Names of the configuration's environments."),
  resource: oneOrMore(text).optional().describe('Ids of resources; * stands for any characters.'),
  params: z
    .record(text, oneOrMore(plain))
    .superRefine(notEmpty)
    .optional()
    .describe('Exact values of the parameters of each step.'),
  runbook: oneOrMore(runbookDigest).optional().describe('Digests of the runbook that proposed it.'),
  destructive: z.boolean().optional().describe('Whether the plan destroys what undo can not bring back.'),
  risk: oneOrMore(z.enum(RISKS)).optional().describe('The risk of the plan: low, medium, high.'),
};

const match = z
  .strictObject({
    ...MATCH,
    not: z.strictObject(MATCH).superRefine(notEmpty).optional().describe('Holds when none of its clauses does.'),
  })
  .describe('Every clause must hold; a list holds when one of it does.');

const bound = z
  .strictObject({
    min: z.number().optional().describe('At least, included.'),
    max: z.number().optional().describe('At most, included.'),
    oneOf: oneOrMore(plain).optional().describe('One of these values.'),
  })
  .superRefine(notEmpty)
  .superRefine(
    together(({ min, max }, context) => {
      if (min === undefined || max === undefined || min <= max) return;
      context.addIssue({
        code: 'custom',
        path: ['min'],
        message: '"min" is more than "max", so that nothing is within',
      });
    }),
  );

const path = z
  .string()
  .regex(PATH, 'it is no path: those are after.<field>, before.<field>, params.<name>, cost.monthly and steps');

const timezone = z.string().refine(isZone, {
  error: ({ input }) => `${excerpt(input)} is not an IANA time zone${nearZone(input)}`,
  params: { code: 'POLICY_TIMEZONE_UNKNOWN' },
});

function nearZone(written: unknown): string {
  const near =
    typeof written === 'string' && written.length <= 64 ? suggest(written, Intl.supportedValuesOf('timeZone')) : null;
  return near === null ? '; write one such as Europe/Amsterdam or UTC' : `; did you mean ${near}?`;
}

function timeOfDay(latest: number) {
  return z.string().refine((written) => (parseTimeOfDay(written) ?? Number.POSITIVE_INFINITY) <= latest, {
    error: ({ input }) => `${excerpt(input)} is not a time of day; write HH:MM in quotes, such as "09:00"`,
    params: { code: 'POLICY_WINDOW_INVALID' },
  });
}

const window = z
  .strictObject({
    days: oneOrMore(z.enum(WEEKDAYS)).optional().describe('The days on which the hours begin. Default: every day.'),
    from: timeOfDay(MINUTES_IN_A_DAY - 1)
      .optional()
      .describe('HH:MM, included. Default 00:00.'),
    to: timeOfDay(MINUTES_IN_A_DAY)
      .optional()
      .describe('HH:MM or 24:00, excluded; earlier than from: over midnight. Default 24:00.'),
    timezone: timezone.optional().describe('IANA; needed with days, from or to.'),
    notBefore: instant.optional().describe('RFC 3339 with its offset, included.'),
    notAfter: instant.optional().describe('RFC 3339 with its offset, included.'),
  })
  .superRefine(notEmpty)
  .superRefine(
    together(({ days, from = '00:00', to = '24:00', timezone: zone, notBefore, notAfter }, context) => {
      const invalid = (key: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [key], message, params: { code: 'POLICY_WINDOW_INVALID' } });
      if (from === to)
        invalid(
          'to',
          `"to" is when the hours begin, so they never are; for the whole day write from: "00:00", to: "24:00"`,
        );
      if (zone === undefined && (days !== undefined || from !== '00:00' || to !== '24:00'))
        invalid('timezone', '"timezone" is missing: days and hours are those of a wall clock, say of which');
      if (notBefore !== undefined && notAfter !== undefined && notBefore > notAfter)
        invalid('notAfter', '"notAfter" is before "notBefore", so that the window is never open');
    }),
  );

const limit = z
  .strictObject({
    of: z
      .string()
      .refine((of) => of === 'applies' || PATH.test(of), {
        error: ({ input }) =>
          `${excerpt(input)} can not be counted: write applies, steps, cost.monthly, or a path such as after.replicas`,
        params: { code: 'POLICY_PATH_INVALID' },
      })
      .describe('applies, steps, cost.monthly, or a path whose absolute values are summed over the steps.'),
    max: amount.describe('The most that may be used within the time, this plan included.'),
    per: z.enum(['hour', 'day']).describe('Within the last 60 minutes, or the last 24 hours.'),
    each: z
      .enum(['rule', 'target', 'resource'])
      .optional()
      .describe('Counted for the rule as a whole (default), or for each target, or resource, by itself.'),
  })
  .superRefine(
    together(({ of, each }, context) => {
      if (of !== 'cost.monthly' || each !== 'resource') return;
      context.addIssue({
        code: 'custom',
        path: ['each'],
        message:
          "a cost is the plan's, and how much of it falls to one resource is not known; write each: target or leave it out",
      });
    }),
  );

/** One step of a test's question; null says, as leaving out does, that it is not known. */
export const GIVEN_STEP = {
  action: text.nullish(),
  resource: text.nullish(),
  params: z.record(z.string(), z.json()).nullish(),
  before: z.record(z.string(), z.json()).nullish(),
  after: z.record(z.string(), z.json()).nullish(),
};

/** What a test asks. What it leaves out, or says null of, is not known, but for what given.ts says. */
export const givenSchema = z
  .strictObject({
    at: instant.optional().describe('Default 2026-01-05T12:00:00Z, a Monday.'),
    actor: z
      .strictObject({ kind: z.enum(ACTOR_KINDS), name: text.optional(), claims: z.record(text, z.json()).optional() })
      .optional()
      .describe('Default: an operator.'),
    target: z.strictObject({ provider: text.nullish(), id: text.nullish() }).nullish(),
    environment: text.nullish(),
    runbook: text.nullish(),
    destructive: z.boolean().optional().describe('Default false.'),
    risk: z.enum(RISKS).optional().describe('Default low.'),
    cost: z.strictObject({ monthly: z.number().nullable() }).nullish().describe('Default: not known.'),
    ...GIVEN_STEP,
    steps: z.array(z.strictObject(GIVEN_STEP)).optional().describe('Several steps, instead of one written above.'),
    durable: z.boolean().optional().describe('Whether counters last. Default true.'),
    used: oneOrMore(z.strictObject({ rule: name, of: text, amount }))
      .optional()
      .describe("What was used up before, of a rule's limits."),
  })
  .superRefine(
    together((given, context) => {
      const double = Object.keys(GIVEN_STEP).find((key) => Object.hasOwn(given, key));
      if (given.steps === undefined || double === undefined) return;
      context.addIssue({
        code: 'custom',
        path: ['steps'],
        message: `"${double}" is written beside "steps"; write it in each step`,
      });
    }),
  );

export type Given = z.output<typeof givenSchema>;

const EFFECTS = ['deny', 'allow', 'queue'] as const;

const rule = z
  .strictObject({
    id: name.describe('Names the rule, its counters among other things: to rename it is to begin them anew.'),
    effect: z
      .enum(EFFECTS)
      .describe('deny goes before allow, and allow before queue; what no rule speaks of is queued.'),
    match: match.optional(),
    bounds: z.record(path, bound).superRefine(notEmpty).optional().describe('Path into the plan, and what it may be.'),
    window: window.optional().describe('When the rule holds.'),
    limits: oneOrMore(limit).optional().describe('How often, or how much in sum, it may allow.'),
  })
  .superRefine(
    together(({ effect, match: matched, limits = [] }, context) => {
      const invalid = (key: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [key], message, params: { code: 'POLICY_RULE_INVALID' } });
      if (effect === 'allow' && matched?.action === undefined)
        invalid('match', 'an allow says what it allows: "match" needs "action"');
      if (effect !== 'allow' && limits.length > 0)
        invalid('limits', `limits count what a rule allows; a ${effect} allows nothing, take them out`);
      if (effect === 'deny' && clausesIn(matched?.not ?? {}) > 1)
        invalid(
          'match',
          'several clauses in the "not" of a deny would hold only when none of them does, and deny less than they seem to; write one deny for each',
        );
      const counted = limits.map(({ of, per, each }) => `${of} per ${per} of each ${each ?? 'rule'}`);
      const double = counted.find((words, index) => counted.indexOf(words) < index);
      if (double !== undefined) invalid('limits', `${double} is limited twice; keep the smaller`);
    }),
  );

/** How many things a `not` speaks of: each claim and parameter is one. */
function clausesIn({ actor, target, params, ...others }: Partial<z.output<typeof match>>): number {
  const { claims, ...named } = actor ?? {};
  return [named, claims, target, params, others]
    .flatMap((part) => Object.values(part ?? {}))
    .filter((value) => value !== undefined).length;
}

export const policySchema = z
  .strictObject({
    policy: name.describe('Names the policy, its counters among other things.'),
    owner: text.describe('Who answers for it.'),
    expires: expires
      .optional()
      .describe(
        'A date, to its end in UTC, or an RFC 3339 instant. After it nothing is allowed; what is denied stays denied.',
      ),
    rules: z.array(rule).min(1).max(500).describe('All of them are judged, whatever their order.'),
    given: givenSchema.optional().describe('What all tests ask, but for the keys that a test writes itself.'),
    tests: z
      .array(
        z.strictObject({
          name: text.describe('What it shows.'),
          given: givenSchema.optional().describe('What is asked, over what all tests ask.'),
          expect: z.enum(EFFECTS).describe('What must come of it.'),
          rule: name.optional().describe('The rule that must decide.'),
        }),
      )
      .max(1_000)
      .optional()
      .describe('Played by holdfast policy test.'),
  })
  .superRefine(
    together(({ rules, given: ofAll, tests = [] }, context) => {
      const ids = rules.map(({ id }) => id);
      for (const [index, id] of ids.entries()) {
        if (ids.indexOf(id) === index) continue;
        context.addIssue({
          code: 'custom',
          path: ['rules', index, 'id'],
          message: `there is a rule "${id}" above already, and the two would share their counters`,
          params: { code: 'POLICY_RULE_DUPLICATE' },
        });
      }
      const unknown = (id: string, place: readonly PropertyKey[]): void => {
        if (ids.includes(id)) return;
        const near = suggest(id, ids);
        context.addIssue({
          code: 'custom',
          path: [...place],
          message: `there is no rule ${excerpt(id)}${near === null ? '' : `; did you mean "${near}"?`}`,
          params: { code: 'POLICY_TEST_INVALID' },
        });
      };
      for (const [place, used] of (ofAll?.used ?? []).entries()) unknown(used.rule, ['given', 'used', place, 'rule']);
      for (const [index, { rule: id, given }] of tests.entries()) {
        if (id !== undefined) unknown(id, ['tests', index, 'rule']);
        for (const [place, used] of (given?.used ?? []).entries())
          unknown(used.rule, ['tests', index, 'given', 'used', place, 'rule']);
      }
    }),
  );

export type PolicyFile = z.output<typeof policySchema>;

function refuse(context: z.core.$RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

/** The code that a schema of ours put on an issue, or the one for values in general. */
export function codeOf(issue: object): ErrorCode {
  const params: unknown = 'params' in issue ? issue.params : null;
  const code: unknown = typeof params === 'object' && params !== null && 'code' in params ? params.code : null;
  return CODES.find((each) => each === code) ?? 'POLICY_VALUE_INVALID';
}

const CODES = [
  'POLICY_TIMEZONE_UNKNOWN',
  'POLICY_WINDOW_INVALID',
  'POLICY_PATH_INVALID',
  'POLICY_RULE_INVALID',
  'POLICY_RULE_DUPLICATE',
  'POLICY_TEST_INVALID',
] as const satisfies readonly ErrorCode[];
