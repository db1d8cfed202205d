import { beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/domain/plan.ts';
import { readPlanExport, writePlanExport } from '../../src/maker/plan-export.ts';
import { codeOf } from '../support/errors.ts';
import { aDraft, gateHouse, scale } from '../support/gate/house.ts';

let plan: Plan;
let text: string;

beforeAll(async () => {
  await using house = await gateHouse();
  house.fake.cluster.seed('web', 4);
  plan = await house.made(aDraft([scale('web', 2)], { why: 'größer "als" nötig' }));
  text = writePlanExport(plan, 'runner');
});

const read = (changed: string | Uint8Array) =>
  readPlanExport({
    path: 'plan.json',
    text: typeof changed === 'string' ? changed : new TextDecoder().decode(changed),
  });

describe('an exported plan', () => {
  test('is read as it was written, with the same bytes and digest, and without any approval', () => {
    const { for: receiver, body } = read(text);
    expect(receiver).toBe('runner');
    const { id, bytes, digest, sealed, intent } = plan;
    expect(body).toEqual({ id, bytes, digest, sealed, intent });
    expect(text).not.toContain('grant');
  });

  test('is refused with any one byte of it changed, whichever and however', () => {
    const bytes = new TextEncoder().encode(text);
    const taken: string[] = [];
    for (let place = 0; place < bytes.length; place++) {
      for (const bit of [1, 2, 32, 128]) {
        const changed = Uint8Array.from(bytes);
        changed[place] = (changed[place] ?? 0) ^ bit;
        let outcome: string;
        try {
          // The receiver is no part of what was sealed: it is compared with who reads.
          const { for: receiver, body } = read(changed);
          outcome = receiver === 'runner' || body.digest !== plan.digest ? 'taken' : 'for another';
        } catch (error) {
          outcome = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        }
        if (!['PLAN_FILE_INVALID', 'PLAN_NEWER', 'for another'].includes(outcome))
          taken.push(`${place}^${bit}: ${outcome}`);
      }
    }
    expect(taken).toEqual([]);
  });

  test('is refused with a byte more or less, at its end, its beginning or in the middle', () => {
    for (const changed of [`${text} `, ` ${text}`, text.slice(0, -1), text.slice(1), text.replace('  "', ' "')])
      expect(codeOf(() => read(changed))).toBe('PLAN_FILE_INVALID');
  });

  test.for<[string, (text: string) => string]>([
    ['a second plan under the same key', (at) => at.replace('"plan": {', '"plan": {},\n  "plan": {')],
    ['a key of its own', (at) => at.replace('"for": "runner"', '"approved": true,\n  "for": "runner"')],
    [
      'its keys in another order',
      (at) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(at)).toReversed()), null, 2),
    ],
    ['no indentation', (at) => JSON.stringify(JSON.parse(at))],
    ['a step of another form', (at) => at.replace('"id": "s1"', '"id": "first"')],
    ['nothing at all', () => ''],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['only a plan', (at) => JSON.stringify((JSON.parse(at) as { plan: unknown }).plan)],
  ])('with %s is refused', ([, change]) => {
    expect(codeOf(() => read(change(text)))).toBe('PLAN_FILE_INVALID');
  });

  test('of a later form says so', () => {
    expect(codeOf(() => read(text.replace('plan-export/v1', 'plan-export/v2')))).toBe('PLAN_NEWER');
  });

  test('with a currency that is none is refused before anybody shows it', () => {
    expect(() => read(text.replaceAll('"USD"', '"U S"'))).toThrow(/cost\.currency/);
  });
});
