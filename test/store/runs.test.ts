import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { runsTable } from '../../src/store/runs.ts';
import { aRun } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

describe('the latest runs that ended', () => {
  it('are one of each runbook: neither older ones, nor those that wait, run or were skipped', () => {
    const runs = runsTable(openDatabase(join(tempFolder(), 'holdfast.db')));
    const write = (number: number, edit: Parameters<typeof aRun>[0]): void =>
      runs.write(aRun({ id: `r-00000000000${number}`, startedAt: number, status: 'done', ...edit }));
    write(1, {});
    write(3, { status: 'failed', reason: 'timeout' });
    write(2, {});
    write(4, { status: 'skipped', reason: 'paused', slot: 4 });
    write(5, { status: 'queued', slot: 5 });
    write(6, { status: 'running' });
    write(7, { runbook: 'never-ended', status: 'running' });
    write(8, { runbook: 'nightly' });
    expect(runs.latestEnded().map(({ runbook, id }) => [runbook, id])).toEqual([
      ['heartbeat', 'r-000000000003'],
      ['nightly', 'r-000000000008'],
    ]);
  });
});
