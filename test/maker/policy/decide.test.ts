import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Policy, PolicyQuestion } from '../../../src/domain/policy.ts';
import { decide } from '../../../src/maker/policy/decide.ts';
import { decided, endingPolicy, failing, policyWith, question, step } from '../../support/policy.ts';

const ALLOW = 'id: scale\neffect: allow\nmatch: { action: kubernetes/scale-workload }';
const allowed = (asked: PolicyQuestion, more: string) =>
  decide(policyWith(`${ALLOW}\n${more}`), asked).decision.effect === 'allow';
const denied = (asked: PolicyQuestion, rule: string) =>
  decide(policyWith(`id: no\neffect: deny\n${rule}`), asked).decision.effect === 'deny';

describe('deny, allow, queue', () => {
  test('without a policy everything is queued', () => {
    expect(decide(null, question())).toEqual({
      decision: { effect: 'queue', policy: null, rule: null, why: 'no policy is in force' },
      rules: [],
      uses: [],
    });
  });

  test('what no rule speaks of is queued', () => {
    expect(decided(policyWith('id: a\neffect: deny\nmatch: { action: aws/stop-instance }'), question())).toBe('queue');
  });

  test('a deny goes before an allow, wherever it stands', () => {
    const deny = 'id: no\neffect: deny\nmatch: { environment: staging }';
    expect(decided(policyWith(ALLOW, deny), question())).toBe('deny no');
    expect(decided(policyWith(deny, ALLOW), question())).toBe('deny no');
  });

  test('an allow goes before a queue, wherever it stands', () => {
    const queue = 'id: ask\neffect: queue\nmatch: { environment: staging }';
    expect(decided(policyWith(queue, ALLOW), question())).toBe('allow scale');
    expect(decided(policyWith(queue), question())).toBe('queue ask');
  });

  test('of several that hold the first decides', () => {
    expect(decided(policyWith(ALLOW, ALLOW.replace('scale', 'other')), question())).toBe('allow scale');
  });

  test('every clause of every rule is judged, and all that fail are told', () => {
    const policy = policyWith(
      'id: no\neffect: deny\nmatch: { destructive: true, environment: production }',
      `${ALLOW}\nbounds: { after.replicas: { max: 10 }, cost.monthly: { max: 20 } }\nwindow: { days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00", timezone: Europe/Amsterdam }`,
    );
    const explanation = decide(
      policy,
      question({ at: Date.parse('2026-11-28T18:00:00+01:00'), steps: [step({ after: { replicas: 11 } })] }),
    );
    expect(failing(explanation, 'no')).toEqual([
      'environment production (was staging)',
      'destructive true (was false)',
    ]);
    expect(failing(explanation, 'scale')).toEqual([
      'after.replicas max 10 (was 11)',
      'cost.monthly max 20 (was 30)',
      'window mon-fri 09:00-17:00 Europe/Amsterdam (was sat 18:00)',
    ]);
  });

  test('a decision names the policy by its digest', () => {
    const policy = policyWith(ALLOW);
    expect(decide(policy, question()).decision).toEqual({
      effect: 'allow',
      policy: { name: 'test', digest: policy.digest },
      rule: 'scale',
      why: 'rule "scale" of policy "test" allows it',
    });
  });
});

describe('what each clause matches', () => {
  test.each([
    ['actor: { kind: ci }', true],
    ['actor: { kind: [operator, ci] }', true],
    ['actor: { kind: operator }', false],
    ['actor: { name: github }', true],
    ['actor: { name: GitHub }', false],
    ['actor: { claims: { repository: acme/shop, ref: refs/heads/main } }', true],
    ['actor: { claims: { repository: [other/shop, acme/shop] } }', true],
    ['actor: { claims: { repository: acme/shop, environment: production } }', false],
    ['action: "kubernetes/*"', true],
    ['action: "*"', true],
    ['action: [aws/stop-instance, kubernetes/scale-workload]', true],
    ['action: kubernetes/scale', false],
    ['action: "kube/*"', false],
    ['target: { provider: kubernetes }', true],
    ['target: { provider: kubernetes, id: cluster-2 }', false],
    ['environment: [production, staging]', true],
    ['environment: production', false],
    ['resource: k8s:cluster-1/apps/deployment/shop/web', true],
    ['resource: "k8s:cluster-1/*/shop/*"', true],
    ['resource: "*/cart/*"', false],
    ['params: { namespace: shop, replicas: [4, 5] }', true],
    ['params: { replicas: 5 }', false],
    ['destructive: false', true],
    ['destructive: true', false],
    ['risk: [low, medium]', true],
    ['risk: high', false],
    ['not: { environment: production }', true],
    ['not: { environment: staging }', false],
    ['not: { environment: production, target: { id: cluster-1 } }', false],
    ['not: { environment: production, target: { id: cluster-2 } }', true],
  ])('match: { %s }: %s', (match, holds) => {
    const withAction = match.startsWith('action:') ? match : `action: "*", ${match}`;
    const policy = policyWith(`id: a\neffect: allow\nmatch: { ${withAction} }`);
    expect(decide(policy, question()).decision.effect).toBe(holds ? 'allow' : 'queue');
    if (match.startsWith('not:') && match.includes('target')) return;
    // What is known holds in a deny exactly when it does in an allow, but for a claim that is missing.
    expect(denied(question(), `match: { ${match} }`)).toBe(holds || match.includes('environment: production } }'));
  });

  test('a runbook is matched by the digest of its file', () => {
    const digest = `sha256:${'a'.repeat(64)}` as const;
    const policy = policyWith(`id: a\neffect: allow\nmatch: { action: "*", runbook: ${digest} }`);
    const of = (runbook: string | null) => decided(policy, question({ runbook }));
    expect(of(digest)).toBe('allow a');
    expect(of(`sha256:${'b'.repeat(64)}`)).toBe('queue');
    expect(of(null)).toBe('queue');
  });

  test.each([
    ['before.replicas: { min: 2, max: 2 }', true],
    ['after.replicas: { min: 5 }', false],
    ['after.replicas: { max: 4 }', true],
    ['after.replicas: { oneOf: [3, 4] }', true],
    ['after.replicas: { oneOf: ["4"] }', false],
    ['params.namespace: { oneOf: shop }', true],
    ['params.namespace: { min: 1 }', false],
    ['cost.monthly: { max: 30 }', true],
    ['cost.monthly: { max: 29.99 }', false],
    ['steps: { max: 1 }', true],
    ['steps: { min: 2 }', false],
  ])('bounds: { %s }: %s', (bounds, holds) => {
    expect(allowed(question(), `bounds: { ${bounds} }`)).toBe(holds);
  });

  test('a bound goes into maps by dots, and not into lists', () => {
    const asked = question({ steps: [step({ after: { limits: { cpu: 2 }, list: [1] } })] });
    expect(allowed(asked, 'bounds: { after.limits.cpu: { max: 2 } }')).toBe(true);
    expect(allowed(asked, 'bounds: { after.list.0: { max: 2 } }')).toBe(false);
  });
});

/** A field, what makes it not known, a clause on it that a known value would satisfy, and one that it would not. */
const NOT_KNOWN: readonly [string, Partial<PolicyQuestion>, string, string][] = [
  [
    'a missing replica count',
    { steps: [step({ after: {} })] },
    'bounds: { after.replicas: { max: 10 } }',
    'bounds: { after.replicas: { min: 10 } }',
  ],
  [
    'replicas as a text',
    { steps: [step({ after: { replicas: '4' } })] },
    'bounds: { after.replicas: { max: 10 } }',
    'bounds: { after.replicas: { min: 10 } }',
  ],
  [
    'replicas that are null',
    { steps: [step({ after: { replicas: null } })] },
    'bounds: { after.replicas: { max: 10 } }',
    'bounds: { after.replicas: { min: 10 } }',
  ],
  [
    'replicas that are NaN',
    { steps: [step({ after: { replicas: Number.NaN } })] },
    'bounds: { after.replicas: { max: 10 } }',
    'bounds: { after.replicas: { min: 10 } }',
  ],
  [
    'replicas without end',
    { steps: [step({ after: { replicas: Number.NEGATIVE_INFINITY } })] },
    'bounds: { after.replicas: { max: 10 } }',
    'bounds: { after.replicas: { min: 10 } }',
  ],
  [
    'an endless number of values',
    { steps: [step({ after: { replicas: Number.POSITIVE_INFINITY } })] },
    'bounds: { after.replicas: { oneOf: 4 } }',
    'bounds: { after.replicas: { oneOf: 5 } }',
  ],
  [
    'a cost that nobody knows',
    { costMonthly: null },
    'bounds: { cost.monthly: { max: 50 } }',
    'bounds: { cost.monthly: { min: 50 } }',
  ],
  [
    'a cost that is NaN',
    { costMonthly: Number.NaN },
    'bounds: { cost.monthly: { max: 50 } }',
    'bounds: { cost.monthly: { min: 50 } }',
  ],
  [
    'a target without an id',
    { target: { provider: 'kubernetes', id: '' } },
    'match: { action: "*", target: { id: cluster-1 } }',
    'match: { target: { id: cluster-2 } }',
  ],
  [
    'not, on a target without an id',
    { target: { provider: 'kubernetes', id: '' } },
    'match: { action: "*", not: { target: { id: cluster-2 } } }',
    'match: { not: { target: { id: cluster-1 } } }',
  ],
  [
    'no environment',
    { environment: null },
    'match: { action: "*", environment: staging }',
    'match: { environment: production }',
  ],
  [
    'not, on no environment',
    { environment: null },
    'match: { action: "*", not: { environment: production } }',
    'match: { not: { environment: staging } }',
  ],
  [
    'no runbook',
    { runbook: null },
    `match: { action: "*", runbook: sha256:${'a'.repeat(64)} }`,
    `match: { runbook: sha256:${'a'.repeat(64)} }`,
  ],
  [
    'a job without claims',
    { actor: { kind: 'ci', name: 'github', claims: null } },
    'match: { action: "*", actor: { claims: { ref: refs/heads/main } } }',
    'match: { actor: { claims: { ref: refs/heads/main } } }',
  ],
  [
    'a claim of another type',
    { actor: { kind: 'ci', name: 'github', claims: { run: 4 } } },
    'match: { action: "*", actor: { claims: { run: "4" } } }',
    'match: { actor: { claims: { run: "5" } } }',
  ],
  [
    'a claim that is a list',
    { actor: { kind: 'ci', name: 'github', claims: { aud: ['a', 'b'] } } },
    'match: { action: "*", actor: { claims: { aud: a } } }',
    'match: { actor: { claims: { aud: c } } }',
  ],
  [
    'a missing parameter',
    { steps: [step({ params: {} })] },
    'match: { action: "*", params: { force: false } }',
    'match: { params: { force: true } }',
  ],
  [
    'a parameter of another type',
    { steps: [step({ params: { force: 'true' } })] },
    'match: { action: "*", params: { force: true } }',
    'match: { params: { force: true } }',
  ],
  [
    'a step without an action',
    { steps: [step({ action: '' })] },
    'match: { action: "*" }',
    'match: { action: aws/stop-instance }',
  ],
  [
    'a step without a resource',
    { steps: [step({ resource: '' })] },
    'match: { action: "*", resource: "*" }',
    'match: { resource: other }',
  ],
  [
    'no instant',
    { at: Number.NaN },
    'window: { days: [tue], timezone: UTC }',
    'window: { days: [sun], timezone: UTC }',
  ],
  [
    'an instant that no calendar has',
    { at: 9e15 },
    'window: { notBefore: "2026-01-01T00:00:00Z" }',
    'window: { notBefore: "2027-01-01T00:00:00Z" }',
  ],
  ['no steps, of an action', { steps: [] }, 'match: { action: "*" }', 'match: { action: aws/stop-instance }'],
];

describe('what is not known fails closed both ways', () => {
  test.each(NOT_KNOWN)('%s satisfies no allow and no queue, and every deny', (_, but, allow, deny) => {
    const withAction = allow.startsWith('match:') ? allow : `match: { action: "*" }\n${allow}`;
    expect(decided(policyWith(`id: yes\neffect: allow\n${withAction}`), question(but))).toBe('queue');
    expect(decided(policyWith(`id: ask\neffect: queue\n${withAction}`), question(but))).toBe('queue');
    expect(denied(question(but), deny)).toBe(true);
    // The same deny does not hold once it is known, so that it is the missing that denies.
    expect(denied(question({ runbook: `sha256:${'b'.repeat(64)}`, ...KNOWN[_] }), deny)).toBe(false);
  });

  test('an allow that speaks of no step allows no plan without steps', () => {
    const policy: Policy = { ...policyWith(ALLOW), rules: [{ ...RULE, match: { actor: { kind: ['ci'] } } }] };
    expect(decided(policy, question())).toBe('allow a');
    const explanation = decide(policy, question({ steps: [] }));
    expect(explanation.decision.effect).toBe('queue');
    expect(failing(explanation, 'a')).toEqual(['at least one step (was 0)']);
  });

  test('lists that a loader would refuse hold nothing in an allow', () => {
    const policy: Policy = { ...policyWith(ALLOW), rules: [{ ...RULE, match: { action: [] } }] };
    expect(decided(policy, question())).toBe('queue');
  });

  test('a zone that a loader would refuse opens no allow, and closes no deny', () => {
    const window = {
      days: ['tue'],
      from: '00:00',
      to: '24:00',
      timezone: 'Mars/Base',
      notBefore: null,
      notAfter: null,
    } as const;
    const base = policyWith(ALLOW);
    expect(decided({ ...base, rules: [{ ...RULE, window }] }, question())).toBe('queue');
    expect(decided({ ...base, rules: [{ ...RULE, effect: 'deny', window }] }, question())).toBe('deny a');
  });
});

const RULE = { id: 'a', effect: 'allow', match: {}, bounds: {}, window: null, limits: [] } as const;

/** What makes the field of a row known, where the plain question lacks it. */
const KNOWN: Readonly<Record<string, Partial<PolicyQuestion>>> = {
  'a job without claims': { actor: { kind: 'ci', name: 'github', claims: { ref: 'refs/heads/other' } } },
  'a claim of another type': { actor: { kind: 'ci', name: 'github', claims: { run: '4' } } },
  'a claim that is a list': { actor: { kind: 'ci', name: 'github', claims: { aud: 'a' } } },
  'a missing parameter': { steps: [step({ params: { force: false } })] },
  'a parameter of another type': { steps: [step({ params: { force: false } })] },
};

describe('several steps', () => {
  const small = step({ after: { replicas: 3 } });
  const large = step({ resource: 'k8s:cluster-1/apps/deployment/shop/db', after: { replicas: 30 } });

  test('one rule must allow all of them', () => {
    const policy = policyWith(`${ALLOW}\nbounds: { after.replicas: { max: 10 } }`);
    expect(decided(policy, question({ steps: [small, small] }))).toBe('allow scale');
    const explanation = decide(policy, question({ steps: [small, large] }));
    expect(explanation.decision.effect).toBe('queue');
    expect(failing(explanation, 'scale')).toEqual(['after.replicas max 10 (was 30 (step 2))']);
  });

  test('two rules that allow one each do not allow both', () => {
    const policy = policyWith(
      'id: few\neffect: allow\nmatch: { action: "*" }\nbounds: { after.replicas: { max: 10 } }',
      'id: many\neffect: allow\nmatch: { action: "*" }\nbounds: { after.replicas: { min: 20 } }',
    );
    expect(decided(policy, question({ steps: [small] }))).toBe('allow few');
    expect(decided(policy, question({ steps: [large] }))).toBe('allow many');
    expect(decided(policy, question({ steps: [small, large] }))).toBe('queue');
  });

  test('a deny of one denies all, and says of which', () => {
    const policy = policyWith(
      ALLOW,
      'id: no\neffect: deny\nmatch: { action: "*" }\nbounds: { after.replicas: { min: 20 } }',
    );
    const explanation = decide(policy, question({ steps: [small, large] }));
    expect(explanation.decision.effect).toBe('deny');
    expect(explanation.rules[1]?.clauses).toContainEqual({
      clause: 'after.replicas min 20',
      holds: true,
      was: '30 (step 2)',
    });
  });

  test('a deny holds for one and the same step, not for a clause here and a clause there', () => {
    const policy = policyWith('id: no\neffect: deny\nmatch: { action: aws/stop-instance, resource: "*/db" }');
    const other = step({ action: 'aws/stop-instance' });
    expect(decided(policy, question({ steps: [other, large] }))).toBe('queue');
    expect(decided(policy, question({ steps: [step(), { ...other, resource: 'x/db' }] }))).toBe('deny no');
  });
});

test('a step of which nothing is known is denied, also beside one that nearly is', () => {
  const policy = policyWith('id: no\neffect: deny\nmatch: { action: aws/stop-instance, resource: "*/db" }');
  const near = step({ action: 'aws/stop-instance', resource: 'x/web' });
  const blank = step({ action: '', resource: '' });
  expect(decided(policy, question({ steps: [near] }))).toBe('queue');
  expect(decided(policy, question({ steps: [near, blank] }))).toBe('deny no');
});

describe('only what is own counts', () => {
  const polluted: PropertyKey[] = [];
  const pollute = (key: string, value: unknown) => {
    Reflect.defineProperty(Object.prototype, key, { value, configurable: true, enumerable: false });
    polluted.push(key);
  };
  afterEach(() => {
    for (const key of polluted.splice(0)) Reflect.deleteProperty(Object.prototype, key);
  });

  test('an inherited field is none', () => {
    const after: JsonObject = Object.create({ replicas: 4 });
    expect(after['replicas']).toBe(4);
    expect(allowed(question({ steps: [step({ after })] }), 'bounds: { after.replicas: { max: 10 } }')).toBe(false);
  });

  test('a polluted prototype gives nobody claims, and lifts no deny', () => {
    const actor = { kind: 'ci', name: 'github', claims: {} } as const;
    const allow = policyWith('id: a\neffect: allow\nmatch: { action: "*", actor: { claims: { admin: "yes" } } }');
    const deny = policyWith('id: no\neffect: deny\nmatch: { actor: { claims: { admin: "no" } } }');
    pollute('admin', 'yes');
    expect(Reflect.get(actor.claims, 'admin')).toBe('yes');
    expect(decided(allow, question({ actor }))).toBe('queue');
    expect(decided(deny, question({ actor }))).toBe('deny no');
  });

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    '%s is a field like any other, and missing',
    (key) => {
      expect(allowed(question(), `bounds: { after.${key}: { oneOf: [x, 1, true] } }`)).toBe(false);
      expect(denied(question(), `bounds: { after.${key}: { oneOf: [x, 1, true] } }`)).toBe(true);
    },
  );

  test('keys out of parsed JSON that look like a prototype are but keys', () => {
    const after: JsonObject = JSON.parse('{ "__proto__": { "replicas": 4 } }');
    const asked = question({ steps: [step({ after })] });
    expect(allowed(asked, 'bounds: { after.replicas: { max: 10 } }')).toBe(false);
    expect(allowed(asked, 'bounds: { after.__proto__.replicas: { max: 10 } }')).toBe(true);
  });
});

describe('the end of a policy', () => {
  const policy = endingPolicy('2027-02-01', ALLOW, 'id: no\neffect: deny\nmatch: { destructive: true }');
  const at = (instant: string, but: Partial<PolicyQuestion> = {}) =>
    decided(policy, question({ at: Date.parse(instant), ...but }));

  test('a date lasts to its end in UTC', () => {
    expect(at('2027-02-01T23:59:59.999Z')).toBe('allow scale');
    expect(at('2027-02-02T00:00:00Z')).toBe('queue');
    expect(at('2027-02-02T00:59:59+01:00')).toBe('allow scale');
  });

  test('after it nothing is allowed, and what is denied stays denied', () => {
    expect(at('2030-01-01T00:00:00Z', { destructive: true })).toBe('deny no');
    const explanation = decide(policy, question({ at: Date.parse('2030-01-01T00:00:00Z') }));
    expect(explanation.decision.why).toBe('no rule of policy "test" allows it: it ended at 2027-02-01T23:59:59.999Z');
    expect(failing(explanation, 'scale')).toEqual([
      'policy in force until 2027-02-01T23:59:59.999Z (was 2030-01-01T00:00:00Z)',
    ]);
  });

  test('without an instant it has ended', () => {
    expect(decided(policy, question({ at: Number.NaN }))).toBe('queue');
  });
});

const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, '', '4', 4, null));
const fields = fc.dictionary(
  fc.constantFrom('replicas', 'namespace', 'force', '__proto__'),
  anything,
) as fc.Arbitrary<JsonObject>;
const asked = fc.record({
  at: fc.oneof(fc.integer({ min: 0, max: 2e12 }), fc.constantFrom(Number.NaN, 9e15)),
  steps: fc.array(
    fc.record({
      action: fc.constantFrom('', 'kubernetes/scale-workload', 'a/b'),
      resource: fc.string(),
      params: fields,
      before: fields,
      after: fields,
    }),
    { maxLength: 4 },
  ),
  costMonthly: fc.oneof(fc.double(), fc.constant(null)),
  environment: fc.constantFrom('staging', 'production', '', null),
  destructive: fc.boolean(),
});

test('whatever a plan holds: no throw, a rule holds exactly when its clauses do, and only an allow uses anything up', () => {
  const policy = endingPolicy(
    '2030-01-01',
    'id: no\neffect: deny\nmatch: { destructive: true, not: { environment: staging } }',
    `${ALLOW}\nbounds: { after.replicas: { min: 1, max: 5 }, cost.monthly: { max: 50 } }\nwindow: { days: [mon, tue], timezone: UTC }\nlimits: [{ of: applies, max: 3, per: day, each: resource }, { of: after.replicas, max: 9, per: hour }]`,
    'id: ask\neffect: queue\nmatch: { params: { force: true } }',
  );
  fc.assert(
    fc.property(asked, (but) => {
      const { decision, rules, uses } = decide(policy, question(but));
      for (const { holds, clauses } of rules) expect(holds).toBe(clauses.every((clause) => clause.holds));
      expect(rules.map(({ id }) => id)).toEqual(['no', 'scale', 'ask']);
      expect(uses.length > 0).toBe(decision.effect === 'allow');
      const holding = rules.filter(({ holds }) => holds).map(({ effect }) => effect);
      expect(decision.effect).toBe(holding.includes('deny') ? 'deny' : holding.includes('allow') ? 'allow' : 'queue');
      const isWithin = but.steps.every(
        ({ after: { replicas } }) => typeof replicas === 'number' && replicas >= 1 && replicas <= 5,
      );
      expect(decision.effect === 'allow' && !isWithin).toBe(false);
      expect(decision.effect === 'allow' && !(but.costMonthly !== null && but.costMonthly <= 50)).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});
