import { describe, expect, test } from 'vitest';
import type { Policy, PolicyQuestion } from '../../../src/domain/policy.ts';
import { decide, usageKeysOf } from '../../../src/maker/policy/decide.ts';
import { decided, failing, policyWith, question, step } from '../../support/policy.ts';

const limited = (...limits: readonly string[]) =>
  policyWith(`id: scale\neffect: allow\nmatch: { action: "*" }\nlimits: [${limits.join(', ')}]`);
const THREE_A_DAY = '{ of: applies, max: 3, per: day }';

/** As the store would count: asks, and counts what is allowed, again and again. */
function inTurn(policy: Policy, questions: readonly PolicyQuestion[]): string[] {
  const used = new Map<string, number>();
  return questions.map((asked) => {
    const { decision, uses } = decide(policy, { ...asked, used });
    for (const { key, amount } of uses) used.set(key, (used.get(key) ?? 0) + amount);
    return decision.effect;
  });
}

describe('how often', () => {
  test('the fourth of three a day is queued', () => {
    expect(
      inTurn(
        limited(THREE_A_DAY),
        Array.from({ length: 5 }, () => question()),
      ),
    ).toEqual(['allow', 'allow', 'allow', 'queue', 'queue']);
  });

  test('a plan counts once, however many steps it has', () => {
    const plan = question({ steps: [step(), step(), step(), step()] });
    expect(decide(limited(THREE_A_DAY), plan).uses.map(({ amount }) => amount)).toEqual([1]);
  });

  test('for each target by itself', () => {
    const policy = limited('{ of: applies, max: 1, per: day, each: target }');
    const other = question({ target: { provider: 'kubernetes', id: 'cluster-2' } });
    expect(inTurn(policy, [question(), other, question(), other])).toEqual(['allow', 'allow', 'queue', 'queue']);
  });

  test('for each resource by itself, once for a plan that changes it twice', () => {
    const policy = limited('{ of: applies, max: 1, per: day, each: resource }');
    const [web, db] = [step({ resource: 'web' }), step({ resource: 'db' })];
    expect(
      inTurn(policy, [question({ steps: [web, web] }), question({ steps: [web, db] }), question({ steps: [db] })]),
    ).toEqual(['allow', 'queue', 'allow']);
  });

  test('of several resources the one that was changed the most decides, wherever it stands in the plan', () => {
    const policy = limited('{ of: applies, max: 1, per: day, each: resource }');
    const [web, db] = [step({ resource: 'web' }), step({ resource: 'db' })];
    const plans = [[web], [web, db], [db, web]].map((steps) => question({ steps }));
    expect(inTurn(policy, plans)).toEqual(['allow', 'queue', 'queue']);
  });

  test('steps are counted one by one', () => {
    const policy = limited('{ of: steps, max: 3, per: hour }');
    expect(decided(policy, question({ steps: [step(), step(), step()] }))).toBe('allow scale');
    expect(decided(policy, question({ steps: [step(), step(), step(), step()] }))).toBe('queue');
  });

  test('none at all may be allowed', () => {
    expect(decided(limited('{ of: applies, max: 0, per: day }'), question())).toBe('queue');
  });
});

describe('how much in sum', () => {
  const cost = limited('{ of: cost.monthly, max: 100, per: day }');

  test('many slices are as much as the whole', () => {
    expect(
      inTurn(
        cost,
        Array.from({ length: 4 }, () => question({ costMonthly: 49 })),
      ),
    ).toEqual(['allow', 'allow', 'queue', 'queue']);
  });

  test('up to the limit, that included', () => {
    expect(inTurn(cost, [question({ costMonthly: 100 }), question({ costMonthly: 0.01 })])).toEqual(['allow', 'queue']);
    expect(decided(cost, question({ costMonthly: 100.01 }))).toBe('queue');
  });

  test('what is saved counts as much as what is spent, so that neither makes room for the other', () => {
    expect(inTurn(cost, [question({ costMonthly: -90 }), question({ costMonthly: 90 })])).toEqual(['allow', 'queue']);
  });

  test('a saving may be too large as well', () => {
    expect(decided(cost, question({ costMonthly: -100 }))).toBe('allow scale');
    expect(decided(cost, question({ costMonthly: -101 }))).toBe('queue');
  });

  test('a field is summed over the steps', () => {
    const policy = limited('{ of: after.replicas, max: 10, per: day }');
    expect(decided(policy, question({ steps: [step(), step()] }))).toBe('allow scale');
    expect(decided(policy, question({ steps: [step(), step(), step()] }))).toBe('queue');
  });

  test.each([
    ['one step without the field', { steps: [step(), step({ after: {} })] }],
    ['a text', { steps: [step({ after: { replicas: '4' } })] }],
    ['NaN', { steps: [step({ after: { replicas: Number.NaN } })] }],
    ['a sum without end', { steps: [step({ after: { replicas: 1e308 } }), step({ after: { replicas: 1e308 } })] }],
  ])('%s can not be counted, and so is not allowed', (_, but) => {
    const policy = limited('{ of: after.replicas, max: 10, per: day }');
    expect(failing(decide(policy, question(but)), 'scale')).toEqual([
      'at most 10 after.replicas per day (was missing)',
    ]);
  });

  test('a cost that nobody knows can not be counted', () => {
    expect(decided(cost, question({ costMonthly: null }))).toBe('queue');
  });
});

describe('counters', () => {
  test('that do not last queue whatever is limited', () => {
    expect(failing(decide(limited(THREE_A_DAY), question({ durable: false })), 'scale')).toEqual([
      'counters that last (was false)',
    ]);
    expect(decided(policyWith('id: scale\neffect: allow\nmatch: { action: "*" }'), question({ durable: false }))).toBe(
      'allow scale',
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('of %s are no counters', (count) => {
    const [used] = usageKeysOf(limited(THREE_A_DAY), question());
    expect(decided(limited(THREE_A_DAY), question({ used: new Map([[used?.key ?? '', count]]) }))).toBe('queue');
  });

  test('of a target or resource without a name are not kept', () => {
    expect(
      decided(
        limited('{ of: applies, max: 9, per: day, each: target }'),
        question({ target: { provider: 'kubernetes', id: '' } }),
      ),
    ).toBe('queue');
    expect(
      decided(
        limited('{ of: applies, max: 9, per: day, each: resource }'),
        question({ steps: [step({ resource: '' })] }),
      ),
    ).toBe('queue');
  });

  test('are known by name before anything is decided, also those of rules that do not hold', () => {
    const policy = policyWith(
      'id: a\neffect: allow\nmatch: { action: aws/stop-instance }\nlimits: [{ of: applies, max: 1, per: hour }]',
      `id: b\neffect: allow\nmatch: { action: "*" }\nlimits: [${THREE_A_DAY}, { of: applies, max: 2, per: hour, each: resource }]`,
      'id: no\neffect: deny\nmatch: { destructive: true }',
    );
    const asked = question({ steps: [step({ resource: 'web' }), step({ resource: 'db' })] });
    expect(usageKeysOf(policy, asked)).toEqual([
      { key: '["test","a","applies","hour","rule",""]', per: 'hour' },
      { key: '["test","b","applies","day","rule",""]', per: 'day' },
      { key: '["test","b","applies","hour","resource","web"]', per: 'hour' },
      { key: '["test","b","applies","hour","resource","db"]', per: 'hour' },
    ]);
    const known = new Set(usageKeysOf(policy, asked).map(({ key }) => key));
    expect(decide(policy, asked).uses.every(({ key }) => known.has(key))).toBe(true);
    expect(usageKeysOf(null, asked)).toEqual([]);
  });

  test('keep their names when the file is edited, so that an edit refills nothing', () => {
    const [before] = usageKeysOf(limited(THREE_A_DAY), question());
    const edited = policyWith(
      'id: new\neffect: deny\nmatch: { destructive: true }',
      'id: scale\neffect: allow\nmatch: { action: "kubernetes/*" }\nlimits: [{ of: applies, max: 30, per: day }]',
    );
    expect(usageKeysOf(edited, question())).toEqual([before]);
    expect(edited.digest).not.toBe(limited(THREE_A_DAY).digest);
  });

  test('of two resources can not be made one by their names', () => {
    const policy = limited('{ of: applies, max: 9, per: day, each: resource }');
    const keys = ['a"', 'a\\"', 'a","b', '["a"]'].flatMap((resource) =>
      usageKeysOf(policy, question({ steps: [step({ resource })] })),
    );
    expect(new Set(keys.map(({ key }) => key)).size).toBe(4);
  });

  test('of the rule that decides are used up, and of no other', () => {
    const rule = (id: string) =>
      `id: ${id}\neffect: allow\nmatch: { action: "*" }\nlimits: [{ of: applies, max: 1, per: day }]`;
    const policy = policyWith(rule('a'), rule('b'));
    expect(decide(policy, question()).uses.map(({ key }) => key)).toEqual(['["test","a","applies","day","rule",""]']);
    expect(inTurn(policy, [question(), question(), question()])).toEqual(['allow', 'allow', 'queue']);
  });

  test('are not touched by a plan that is queued or denied', () => {
    expect(
      decide(
        policyWith('id: no\neffect: deny', `id: a\neffect: allow\nmatch: { action: "*" }\nlimits: ${THREE_A_DAY}`),
        question(),
      ).uses,
    ).toEqual([]);
  });
});
