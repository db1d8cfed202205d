import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Reconciled } from '../../../../src/domain/action.ts';
import type { Looked } from '../../../../src/domain/failure.ts';
import type { JsonObject } from '../../../../src/domain/json.ts';
import { action } from '../../../../src/maker/actions/terraform/apply-saved-plan.ts';
import { applyFolder } from '../../../../src/providers/terraform/apply-folder.ts';
import {
  changeOf,
  errorLine,
  hook,
  inState,
  shownPlan,
  summary,
  workspace,
} from '../../../support/terraform/workspace.ts';
import { handOf, inHand } from './step.ts';

const GONE = '2147483646';
const VERSION: JsonObject = { type: 'version', terraform: '1.14.0', ui: '1.2' };
const FORGETS = shownPlan([changeOf('a', ['forget'])]);

interface Left {
  /** null: no folder. */
  readonly said: readonly JsonObject[] | null;
  readonly pid: string | null;
  readonly show?: JsonObject;
  /** The state's serial now; it was 7. */
  readonly serial?: number;
}

/** What a process that died left behind, looked at by the next one. */
async function reconciled({
  said,
  pid,
  show,
  serial,
}: Left): Promise<{ looked: Looked<Reconciled>; ran: readonly string[] }> {
  const space = workspace(show === undefined ? {} : { show });
  const hand = handOf(space);
  const step = await inHand(hand);
  const before = space.calls().length;
  if (said !== null) {
    const folder = applyFolder(space.dir, step.idempotencyKey);
    mkdirSync(folder);
    writeFileSync(join(folder, 'said.jsonl'), said.map((line) => `${JSON.stringify(line)}\n`).join(''));
    if (pid !== null) writeFileSync(join(folder, 'pid'), pid);
  }
  if (serial !== undefined) space.writeState(serial, [inState('a')]);
  const looked = await action.reconcile?.(hand.reader, step, hand.context);
  if (looked === undefined) throw new Error('it does not reconcile');
  return {
    looked,
    ran: space
      .calls()
      .slice(before)
      .map(({ args }) => args.join(' ')),
  };
}

const begun = hook('apply_start', 'b', 'create');
const done = hook('apply_complete', 'b', 'create');

describe('a step whose process died is settled by reading', () => {
  test.for<[string, Left, string]>([
    ['no folder: it was never started', { said: null, pid: null }, 'not-done'],
    ['a whole apply', { said: [VERSION, begun, done, summary(1, 0, 0)], pid: GONE }, 'done'],
    [
      'a whole apply, though its number is in use',
      { said: [VERSION, begun, done, summary(1, 0, 0)], pid: '1' },
      'done',
    ],
    ['an apply that failed after a part', { said: [VERSION, begun, done, errorLine('x')], pid: GONE }, 'partial'],
    ['an apply that was refused', { said: [VERSION, errorLine('Saved plan is stale')], pid: GONE }, 'not-done'],
    ['an apply that failed before it began', { said: [VERSION, errorLine('x')], pid: GONE }, 'not-done'],
    ['one that died in the middle', { said: [VERSION, begun], pid: GONE }, 'partial'],
    ['one that died before it began', { said: [VERSION], pid: GONE }, 'not-done'],
    ['one that died before a word', { said: [], pid: GONE }, 'not-done'],
    [
      'a state that was not written',
      { said: [VERSION, errorLine('x')], pid: GONE, show: FORGETS, serial: 7 },
      'not-done',
    ],
    ['a state that was written', { said: [VERSION, errorLine('x')], pid: GONE, show: FORGETS, serial: 8 }, 'partial'],
    ['a state that was written before it died', { said: [VERSION], pid: GONE, show: FORGETS, serial: 8 }, 'partial'],
  ])('%s', async ([, left, status]) => {
    const { looked, ran } = await reconciled(left);
    expect(looked).toMatchObject({ status: 'seen', value: { status } });
    expect(ran.filter((command) => command !== 'state pull')).toEqual([]);
  });

  test.for<[string, Left]>([
    ['its process may be there', { said: [VERSION, begun], pid: String(process.pid) }],
    ['its number was not written', { said: [], pid: null }],
  ])('not while %s', async ([, left]) => {
    const { looked } = await reconciled(left);
    expect(looked).toMatchObject({ status: 'unknown', failure: { code: 'STILL_RUNNING' } });
  });

  test('with a receipt that names what was begun without an end', async () => {
    const { looked } = await reconciled({
      said: [VERSION, begun, done, hook('apply_start', 'a', 'update')],
      pid: GONE,
    });
    expect(looked).toMatchObject({
      value: {
        receipt: {
          done: [{ address: 'test_thing.b', action: 'create' }],
          open: [{ address: 'test_thing.a', action: 'update' }],
        },
      },
    });
  });
});
