import { describe, expect, test } from 'vitest';
import { questionOf } from '../../../src/maker/policy/given.ts';
import { runPolicyTests } from '../../../src/maker/policy/test.ts';
import { policyFrom, rulesOf } from '../../support/policy.ts';

const ALLOW = `id: scale
effect: allow
match: { action: kubernetes/scale-workload, environment: staging }
bounds: { after.replicas: { min: 2, max: 10 } }
limits: { of: applies, max: 3, per: day }`;
const DENY = 'id: no\neffect: deny\nmatch: { destructive: true }';
const GIVEN = 'given: { action: kubernetes/scale-workload, environment: staging, after: { replicas: 4 } }\n';

const play = (tests: readonly string[], rules = [ALLOW, DENY]) =>
  runPolicyTests(
    policyFrom(
      `policy: test\nowner: ana\n${rulesOf(rules)}${GIVEN}tests:\n${tests.map((each) => `  - { ${each} }\n`).join('')}`,
    ),
  );
const passed = (one: string) => play([one]).results.map((result) => result.passed);

const ALL = [
  'name: fine, expect: allow, rule: scale',
  'name: other action, given: { action: a/b }, expect: queue',
  'name: other environment, given: { environment: production }, expect: queue',
  'name: too few, given: { after: { replicas: 1 } }, expect: queue',
  'name: too many, given: { after: { replicas: 11 } }, expect: queue',
  'name: too often, given: { used: { rule: scale, of: applies, amount: 3 } }, expect: queue',
  'name: destroys, given: { destructive: true }, expect: deny',
];

describe('a test', () => {
  test.each([
    ['name: x, expect: allow', true],
    ['name: x, expect: queue', false],
    ['name: x, expect: allow, rule: scale', true],
    ['name: x, expect: allow, rule: no', false],
    ['name: x, given: { destructive: true }, expect: deny, rule: no', true],
    ['name: x, given: { after: { replicas: "4" } }, expect: queue', true],
    ['name: x, given: { durable: false }, expect: queue', true],
    ['name: x, given: { used: { rule: scale, of: applies, amount: 2 } }, expect: allow', true],
    ['name: x, given: { used: [{ rule: scale, of: applies, amount: 2.5 }] }, expect: queue', true],
    ['name: x, given: { used: { rule: scale, of: steps, amount: 99 } }, expect: allow', true],
    [
      'name: x, given: { steps: [{ action: kubernetes/scale-workload, after: { replicas: 4 } }, { action: a/b }] }, expect: queue',
      true,
    ],
    ['name: x, given: { steps: [] }, expect: queue', true],
  ])('{ %s } passes: %s', (one, passes) => {
    expect(passed(one)).toEqual([passes]);
  });

  test('that fails says what came of it, clause by clause', () => {
    const [result] = play(['name: x, given: { environment: production }, expect: allow, rule: scale']).results;
    expect(result).toMatchObject({ name: 'x', passed: false, expected: { effect: 'allow', rule: 'scale' } });
    expect(result?.got?.rules[0]?.clauses).toContainEqual({
      clause: 'environment staging',
      holds: false,
      was: 'production',
    });
  });

  test('whose question is none does not pass', () => {
    const policy = policyFrom(`policy: test\nowner: ana\n${rulesOf([ALLOW])}`);
    const broken = { ...policy, tests: [{ name: 'x', given: { at: 'noon' }, expect: 'queue', rule: null } as const] };
    expect(runPolicyTests(broken).results).toEqual([
      { name: 'x', passed: false, expected: { effect: 'queue', rule: null }, got: null },
    ]);
  });
});

test('what a test leaves out is what docs/policy.md says', () => {
  const policy = policyFrom(`policy: test\nowner: ana\n${rulesOf([ALLOW])}tests: [{ name: x, expect: queue }]`);
  const [only] = policy.tests;
  expect(only === undefined ? null : questionOf(policy, only)).toEqual({
    at: Date.parse('2026-01-05T12:00:00Z'),
    actor: { kind: 'operator', name: 'test' },
    target: { provider: '', id: '' },
    environment: null,
    runbook: null,
    destructive: false,
    risk: 'low',
    costMonthly: null,
    steps: [{ action: '', resource: '', params: {}, before: {}, after: {} }],
    durable: true,
    used: new Map(),
  });
});

test('a test may give every kind of actor, with the digest of its runbook and with claims', () => {
  const policy = policyFrom(
    `policy: test\nowner: ana\n${rulesOf([ALLOW])}tests: [{ name: x, given: { actor: { kind: ci, name: github, claims: { ref: main } } }, expect: queue }, { name: y, given: { actor: { kind: runbook }, runbook: sha256:1 }, expect: queue }]`,
  );
  expect(policy.tests.map((each) => questionOf(policy, each)?.actor)).toEqual([
    { kind: 'ci', name: 'github', claims: { ref: 'main' } },
    { kind: 'runbook', name: 'test', digest: 'sha256:1' },
  ]);
});

describe('what the tests leave untested', () => {
  test('is nothing, when each clause of an allow alone keeps some plan from it, and each deny denies one', () => {
    const { results, uncovered } = play(ALL);
    expect(results.filter((result) => !result.passed)).toEqual([]);
    expect(uncovered).toEqual([]);
  });

  test.each([
    [1, { rule: 'scale', clause: 'action kubernetes/scale-workload' }],
    [2, { rule: 'scale', clause: 'environment staging' }],
    [3, { rule: 'scale', clause: 'after.replicas min 2' }],
    [4, { rule: 'scale', clause: 'after.replicas max 10' }],
    [5, { rule: 'scale', clause: 'at most 3 applies per day' }],
    [6, { rule: 'no', clause: null }],
  ])('without test %i it is %o', (left, uncovered) => {
    expect(play(ALL.filter((_, index) => index !== left)).uncovered).toEqual([uncovered]);
  });

  test('is everything, without tests', () => {
    expect(runPolicyTests(policyFrom(`policy: test\nowner: ana\n${rulesOf([ALLOW, DENY])}`)).uncovered).toHaveLength(6);
  });

  test('is a clause that never fails alone', () => {
    const both = 'name: both, given: { environment: production, after: { replicas: 11 } }, expect: queue';
    const { uncovered } = play([...ALL.slice(0, 2), ALL[3] ?? '', ...ALL.slice(5), both]);
    expect(uncovered.map(({ clause }) => clause)).toEqual(['environment staging', 'after.replicas max 10']);
  });
});
