import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase, pragma } from '../../src/store/database.ts';
import { playInProcess } from '../support/crash/points.ts';
import { EXPECTED, play } from '../support/crash/scenario.ts';
import { tempFolder } from '../support/temp.ts';

/** Hundreds of processes, on a machine that may be busy. */
const MINUTES = 300_000;

/** What must be there once somebody has played the scenario to its end. */
const ALL_IS_WELL = {
  slots: EXPECTED,
  jobs: [
    ['run:heartbeat@3000', 'done'],
    ['run:heartbeat@4000', 'done'],
    ['run:nightly@1500', 'done'],
  ],
  keptOnce: true,
  findings: [
    ['heartbeat', 'ongoing'],
    ['nightly', 'new'],
  ],
  integrity: 'ok',
};

function whatIsThere(folder: string): Omit<typeof ALL_IS_WELL, 'slots'> & { readonly slots: unknown } {
  const database = openDatabase(join(folder, 'holdfast.db'));
  const rows = (sql: string): string[][] =>
    database.sqlite
      .prepare(sql)
      .all()
      .map((row) => Object.values(row) as string[]);
  const done = rows("SELECT id FROM runs WHERE status = 'done' ORDER BY id");
  const there = {
    slots: rows('SELECT runbook, slot, status FROM runs ORDER BY runbook, slot'),
    jobs: rows('SELECT key, status FROM jobs ORDER BY key'),
    keptOnce: JSON.stringify(done) === JSON.stringify(rows('SELECT run FROM settlements ORDER BY run')),
    findings: rows('SELECT runbook, standing FROM findings ORDER BY runbook'),
    integrity: String(pragma(database.sqlite, 'integrity_check')),
  };
  database.close();
  return there;
}

describe('killed before any statement of a fire or of a run', () => {
  it('the scenario itself, played through or played twice, does each slot once', async () => {
    const folder = tempFolder();
    await play(folder);
    expect(whatIsThere(folder), 'after one play').toEqual(ALL_IS_WELL);
    await play(folder);
    expect(whatIsThere(folder), 'after two plays').toEqual(ALL_IS_WELL);
  });

  it('every slot still has one row, no job is lost and none is done twice', { timeout: MINUTES }, async () => {
    const { statements } = await playInProcess(tempFolder(), 0);
    if (statements === null) throw new Error('the scenario was killed by nobody');
    expect(statements).toBeGreaterThan(50);
    await inTurn(statements, async (point) => {
      const folder = tempFolder();
      expect((await playInProcess(folder, point)).killed, `point ${point}`).toBe(true);
      await play(folder);
      expect(whatIsThere(folder), `killed before statement ${point} of ${statements}`).toEqual(ALL_IS_WELL);
    });
  });

  it('and killed again while it makes up for that, likewise', { timeout: MINUTES }, async () => {
    const { statements } = await playInProcess(tempFolder(), 0);
    if (statements === null) throw new Error('the scenario was killed by nobody');
    await inTurn(Math.floor(statements / 3), async (third) => {
      const folder = tempFolder();
      const point = third * 3;
      const again = 1 + ((third * 37) % statements); // another place each time; past the end it is not killed
      await playInProcess(folder, point);
      await playInProcess(folder, again);
      await play(folder);
      expect(whatIsThere(folder), `killed before statement ${point}, and then before ${again}`).toEqual(ALL_IS_WELL);
    });
  });
});

/** Points 1 to `last`, two at a time. */
async function inTurn(last: number, work: (point: number) => Promise<void>): Promise<void> {
  let next = 1;
  const worker = async (): Promise<void> => {
    for (let point = next++; point <= last; point = next++) await work(point);
  };
  await Promise.all([worker(), worker()]);
}
