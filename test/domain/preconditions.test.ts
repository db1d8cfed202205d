import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Identified, Observed } from '../../src/domain/action.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { SealedStep } from '../../src/domain/plan.ts';
import { movedSince } from '../../src/domain/preconditions.ts';

const target = { provider: 'fake', id: 'cluster-a', name: 'prod', details: { key: 'k1' } };
const identified: Identified = { target, resource: 'k8s:a/web', name: 'web' };
const observed: Observed = {
  identity: { uid: 'u1' },
  rests: { replicas: 4, image: null },
  shown: { Ready: 4 },
  version: '600',
};
const step: SealedStep = {
  id: 's1',
  action: 'fake/scale@1',
  params: {},
  resource: 'k8s:a/web',
  name: 'web',
  summary: '',
  before: { identity: observed.identity, rests: observed.rests, shown: observed.shown },
  after: { fields: {}, shown: {} },
  preview: { by: 'server', diff: [] },
  cost: { amount: null, currency: 'USD', per: 'month', basis: '' },
  risk: { level: 'low', reasons: [] },
  destructive: false,
  dependents: [],
  undo: { possible: false, words: '' },
};

function moved(edit: Partial<Observed> = {}, who: Identified = identified): readonly string[] {
  return movedSince({ target }, step, who, { ...observed, ...edit }).map(
    ({ path, sealed, now }) => `${path}: ${sealed} -> ${now}`,
  );
}

describe('what is as it was sealed', () => {
  test('has not moved, in whatever order its keys come', () => {
    expect(moved()).toEqual([]);
    expect(moved({ rests: { image: null, replicas: 4 } })).toEqual([]);
  });

  test('has not moved when only what is shown, its version or a name for people changed', () => {
    expect(moved({ shown: { Ready: 1 }, version: '999' })).toEqual([]);
    expect(moved({}, { ...identified, name: 'other', target: { ...target, name: 'renamed context' } })).toEqual([]);
  });
});

describe('what moved is named by its path', () => {
  test.for<[string, Partial<Observed>, string[]]>([
    ['another object of the same name', { identity: { uid: 'u2' } }, ['identity.uid: "u1" -> "u2"']],
    ['nothing is there any more', { identity: null }, ['identity: {"uid":"u1"} -> null']],
    ['a field decided on', { rests: { replicas: 5, image: null } }, ['rests.replicas: 4 -> 5']],
    ['a number that became a text', { rests: { replicas: '4', image: null } }, ['rests.replicas: 4 -> "4"']],
    ['a field that is gone', { rests: { replicas: 4 } }, ['rests.image: null -> (absent)']],
    ['a field that was not there', { rests: { ...observed.rests, extra: 1 } }, ['rests.extra: (absent) -> 1']],
    [
      'one that says that it is absent',
      { rests: { ...observed.rests, extra: '(absent)' } },
      ['rests.extra: (absent) -> "(absent)"'],
    ],
    [
      'one that every object has',
      { rests: JSON.parse('{"replicas":4,"image":null,"__proto__":{"a":1},"toString":1}') as JsonObject },
      ['rests.__proto__: (absent) -> {"a":1}', 'rests.toString: (absent) -> 1'],
    ],
  ])('%s', ([, edit, expected]) => {
    expect(moved(edit)).toEqual(expected);
  });

  test.for<[string, Identified, string]>([
    ['the target', { ...identified, target: { ...target, id: 'cluster-b' } }, 'target.id: "cluster-a" -> "cluster-b"'],
    ['its provider', { ...identified, target: { ...target, provider: 'aws' } }, 'target.provider: "fake" -> "aws"'],
    [
      'what more identifies it',
      { ...identified, target: { ...target, details: { key: 'k2' } } },
      'target.details: {"key":"k1"} -> {"key":"k2"}',
    ],
    ['the resource', { ...identified, resource: 'k8s:a/other' }, 'resource: "k8s:a/web" -> "k8s:a/other"'],
  ])('%s that was switched', ([, who, expected]) => {
    expect(moved({}, who)).toEqual([expected]);
  });

  test('something where nothing was to be: absence is a precondition too', () => {
    const absent = { ...step, before: { ...step.before, identity: null, rests: {} } };
    const now = movedSince({ target }, absent, identified, { ...observed, rests: {} });
    expect(now.map(({ path }) => path)).toEqual(['identity']);
  });

  test('whatever the fields are: two that differ never pass for each other', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
    const differs = (sealed: JsonObject, now: JsonObject): boolean => {
      const before = { ...step, before: { ...step.before, rests: sealed } };
      return movedSince({ target }, before, identified, { ...observed, rests: now }).length > 0;
    };
    // A second opinion, that knows nothing of canonical JSON.
    const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(asJson(one), asJson(other));
    for (const [sealed, now] of fc.sample(fc.tuple(json, json), 2_000)) {
      const [one, other] = [asJson(sealed), asJson(now)];
      expect(differs(one, other)).toBe(!isSame(one, other));
      expect(differs(one, asJson(structuredClone(one)))).toBe(false);
    }
  });
});

function asJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
