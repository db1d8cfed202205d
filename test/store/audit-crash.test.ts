import { describe, expect, it } from 'vitest';
import { anEntry, openLog, verified } from '../support/audit.ts';
import { appendUntilKilled } from '../support/audit-crash.ts';
import { tempFolder } from '../support/temp.ts';

/** Some hundred processes, on a machine that may be busy. */
const MINUTES = 300_000;

describe('killed while it appends', () => {
  it(
    'before any statement or any write to a file, the log holds what was committed, and goes on',
    { timeout: MINUTES },
    async () => {
      const { counts } = await appendUntilKilled(tempFolder(), { statement: 0, write: 0 });
      if (counts === null) throw new Error('it was killed by nobody');
      const [statements, writes] = counts;
      expect([statements > 20, writes > 10]).toEqual([true, true]);
      const points = [
        ...Array.from({ length: statements }, (_, index) => ({ statement: index + 1, write: 0 })),
        ...Array.from({ length: writes }, (_, index) => ({ statement: 0, write: index + 1 })),
      ];
      for (const point of points) {
        const folder = tempFolder();
        const { counts: none, committed } = await appendUntilKilled(folder, point);
        expect(none, JSON.stringify(point)).toBeNull();
        const entries = Number(/^(\d+) sound$/.exec(verified(folder))?.[1] ?? -1);
        // The first entry brings one of its own; one more may be on disk that nobody was told of.
        const told = committed === 0 ? 0 : committed + 1;
        const least = [told, committed === 0 ? 2 : told + 1];
        expect(least, `${verified(folder)}, killed at ${JSON.stringify(point)}`).toContain(entries);
        const { log, database } = openLog(folder);
        log.append(anEntry());
        log.sealHead();
        database.close();
        expect(verified(folder), JSON.stringify(point)).toBe(`${entries === 0 ? 2 : entries + 1} sound`);
      }
    },
  );
});
