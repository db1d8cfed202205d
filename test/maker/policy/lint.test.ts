import { describe, expect, test } from 'vitest';
import type { ActionRef } from '../../../src/domain/action.ts';
import { lintPolicy } from '../../../src/maker/policy/lint.ts';
import { load, rulesOf, said } from '../../support/policy.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const ACTIONS: readonly ActionRef[] = ['host/compress-logs@1', 'host/prune-directory@2', 'kubernetes/scale-workload@1'];
const HEAD = 'policy: test\nowner: ana\nexpires: 2027-02-01\n';

/** An allow that says all it should. */
const TIGHT = `id: tight
effect: allow
match: { actor: { kind: operator }, action: host/compress-logs, environment: staging, destructive: false }
bounds: { steps: { max: 1 } }
window: { days: [mon], timezone: UTC }
limits: { of: applies, max: 1, per: day }`;
const TIGHT_TEST = '  - { name: t, given: { action: host/compress-logs, environment: staging }, expect: allow }\n';

const lint = (text: string) => {
  const loaded = load(text);
  expect(loaded.mistakes.map(said)).toEqual([]);
  return lintPolicy(loaded, { now: NOW, actions: ACTIONS }).map(said);
};
const codes = (...rules: readonly string[]) =>
  lint(`${HEAD}${rulesOf(rules)}`)
    .filter((line) => !line.includes('POLICY_RULE_UNTESTED'))
    .map((line) => line.replace(/^\? \S+ \S+ rule /, ''));

test('a policy that says all it should has nothing to be told', () => {
  expect(lint(`${HEAD}${rulesOf([TIGHT])}tests:\n${TIGHT_TEST}`)).toEqual([]);
});

test('of a file with mistakes there is nothing more to say', () => {
  expect(lintPolicy(load('nothing'), { now: NOW, actions: ACTIONS })).toEqual([]);
});

test('what is told is a warning at its rule', () => {
  expect(
    lint(`${HEAD}${rulesOf([TIGHT.replace('bounds: { steps: { max: 1 } }\n', '')])}tests:\n${TIGHT_TEST}`),
  ).toEqual(['? POLICY_RULE_WIDE 5:5 rule "tight" allows without bounds']);
});

describe('the end', () => {
  test.each([
    [
      'expires: 2026-11-23',
      'the policy ended at 2026-11-23T23:59:59.999Z: it allows nothing, and what it denies stays denied',
    ],
    ['expires: 2026-12-01', 'the policy ends at 2026-12-01T23:59:59.999Z'],
    ['', 'the policy has no end; write "expires:" so that somebody looks at it again'],
  ])('that is over, soon or none is told: %s', (expires, message) => {
    const told = lint(`policy: test\nowner: ana\n${expires}\n${rulesOf([TIGHT])}tests:\n${TIGHT_TEST}`);
    expect(told).toContain(`? POLICY_EXPIRED 1:1 ${message}`);
  });

  test('is told thirty days before', () => {
    const told = (expires: string) =>
      lint(`policy: test\nowner: ana\nexpires: ${expires}\n${rulesOf([TIGHT])}tests:\n${TIGHT_TEST}`);
    expect(told('2026-12-23')).toEqual(['? POLICY_EXPIRED 1:1 the policy ends at 2026-12-23T23:59:59.999Z']);
    expect(told('"2026-12-24T12:00:00Z"')).toHaveLength(1);
    expect(told('"2026-12-24T12:00:01Z"')).toEqual([]);
  });
});

describe('a rule that can never decide', () => {
  test.each([
    [
      'the same',
      'match: { actor: { kind: operator }, action: host/compress-logs, environment: staging, destructive: false }\nbounds: { steps: { max: 1 } }\nwindow: { days: [mon], timezone: UTC }',
    ],
    ['everything', ''],
    ['a wider list', 'match: { environment: [staging, production] }'],
    ['a pattern around it', 'match: { action: "host/*" }'],
    ['a wider bound', 'bounds: { steps: { max: 2 } }'],
  ])('as a deny holds for %s', (_, deny) => {
    expect(codes(`id: no\neffect: deny\n${deny}`, TIGHT)).toEqual([
      '"tight" never decides: "no" (deny) holds whenever it does',
    ]);
    expect(codes(TIGHT, `id: no\neffect: deny\n${deny}`)).toHaveLength(1);
  });

  test.each([
    ['another list', 'match: { environment: production }'],
    ['a narrower pattern', 'match: { action: host/prune-directory }'],
    ['a clause more', 'match: { environment: staging, risk: high }'],
    ['a narrower bound', 'bounds: { steps: { min: 2 } }'],
    ['a bound that it has not', 'match: { action: "*" }\nbounds: { after.files: { max: 2 } }'],
    ['another window', 'window: { days: [tue], timezone: UTC }'],
    ['a not that it has not', 'match: { not: { environment: production } }'],
  ])('but not as a deny holds for %s', (_, deny) => {
    expect(codes(`id: no\neffect: deny\n${deny}`, TIGHT)).toEqual([]);
  });

  test.each([
    ['{ min: 2 }', true],
    ['{ min: 2, max: 9 }', true],
    ['{ min: 3 }', false],
    ['{ max: 8 }', false],
  ])('as a deny of %s files is around two to nine: %s', (bound, isAround) => {
    const allow = TIGHT.replace('steps: { max: 1 }', 'after.files: { min: 2, max: 9 }');
    const told = codes(`id: no\neffect: deny\nmatch: { action: "host/*" }\nbounds: { after.files: ${bound} }`, allow);
    expect(told.length > 0).toBe(isAround);
  });

  test('as an allow above it holds for the same, without ever being used up', () => {
    const above = TIGHT.replace('id: tight', 'id: above').replace(/\nlimits: .*/, '');
    expect(codes(above, TIGHT)).toEqual([
      '"above" allows without limits',
      '"tight" never decides: "above" (allow) holds whenever it does',
    ]);
    expect(codes(TIGHT.replace('id: tight', 'id: above'), TIGHT)).toEqual([]);
    expect(codes(TIGHT, above)).toEqual(['"above" allows without limits']);
  });
});

describe('an allow that reaches far', () => {
  const without = (from: string, to = '') => codes(TIGHT.replace(from, to));

  test.each([
    ['\nlimits: { of: applies, max: 1, per: day }', '', 'allows without limits'],
    ['\nwindow: { days: [mon], timezone: UTC }', '', 'allows without window'],
    [
      'action: host/compress-logs',
      'action: "host/*"',
      'allows actions by a wildcard, and so those that a later version brings',
    ],
    [', environment: staging', '', 'allows on every target there is; match on "environment" or on "target: { id: … }"'],
    ['actor: { kind: operator }, ', '', 'allows whoever asks; match on "actor"'],
    [
      'kind: operator',
      'kind: [operator, model]',
      'lets what a model or an MCP client drafted be applied without a person',
    ],
    ['kind: operator', 'kind: ci', 'allows every CI job; match on "claims" or on the "name" of the runner'],
    [', destructive: false', '', 'allows what destroys, too; write "destructive: false" or "destructive: true"'],
    ['kind: operator', 'claims: { ref: main }', 'matches on claims, which only CI has; match on "kind: ci" as well'],
  ])('%s -> %s', (from, to, message) => {
    expect(without(from, to)).toContain(`"tight" ${message}`);
  });

  test('all that is missing is said at once', () => {
    expect(codes('id: a\neffect: allow\nmatch: { action: "*" }')[0]).toBe('"a" allows without bounds, window, limits');
  });

  test('a target by its id is as good as an environment, and a deny of what destroys as good as saying it', () => {
    expect(without('environment: staging', 'target: { id: x }')).toEqual([]);
    expect(
      codes('id: no\neffect: deny\nmatch: { destructive: true }', TIGHT.replace(', destructive: false', '')),
    ).toEqual([]);
  });
});

describe('a deny that reaches far', () => {
  test.each([
    [
      'bounds: { after.replicas: { max: 1 } }',
      'denies every plan that has no after.replicas; match on "action" as well',
    ],
    ['match: { params: { mode: delete } }', 'denies every plan that has no params.mode; match on "action" as well'],
    [
      `match: { runbook: sha256:${'0'.repeat(64)} }`,
      'denies everything that no runbook proposed; match on "actor: { kind: runbook }" as well',
    ],
    [
      'match: { actor: { claims: { ref: main } } }',
      'matches on claims, which only CI has, and so denies everybody else; match on "kind: ci" as well',
    ],
  ])('%s', (deny, message) => {
    expect(codes(`id: no\neffect: deny\n${deny}`)).toEqual([`"no" ${message}`]);
  });

  test('unless it says of what', () => {
    expect(
      codes('id: no\neffect: deny\nmatch: { action: "kubernetes/*" }\nbounds: { after.replicas: { max: 1 } }'),
    ).toEqual([]);
    expect(codes('id: no\neffect: deny\nbounds: { cost.monthly: { min: 100 }, steps: { min: 9 } }')).toEqual([]);
  });
});

test('an action that there is not is told, with the one that was meant', () => {
  expect(
    codes('id: no\neffect: deny\nmatch: { action: [host/compress-log, "host/*", "aws/*"], not: { action: x/y } }'),
  ).toEqual([
    '"no" is on "host/compress-log", and there is no such action; did you mean "host/compress-logs"?',
    '"no" is on "aws/*", and there is no such action',
    '"no" is on "x/y", and there is no such action',
  ]);
});

test('a rule that decides in no test is told, whatever its effect', () => {
  const text = `${HEAD}${rulesOf([TIGHT, 'id: no\neffect: deny\nmatch: { destructive: true }', 'id: ask\neffect: queue'])}tests:\n${TIGHT_TEST}`;
  expect(lint(text)).toEqual([
    '? POLICY_RULE_UNTESTED 11:5 rule "no" decides in no test; add one in which it does',
    '? POLICY_RULE_UNTESTED 14:5 rule "ask" decides in no test; add one in which it does',
  ]);
});
