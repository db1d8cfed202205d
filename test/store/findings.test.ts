import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { findingsTable } from '../../src/store/findings.ts';
import { aFinding } from '../support/notify/findings.ts';
import { tempFolder } from '../support/temp.ts';

function opened(path: string): Database {
  const database = openDatabase(path);
  onTestFinished(() => database.close());
  return database;
}

/** The same database, in which another process does something after each statement that is read. */
function between(database: Database, meanwhile: () => void): Database {
  const prepare: Database['sqlite']['prepare'] = (sql) => {
    const statement = database.sqlite.prepare(sql);
    for (const read of ['all', 'get'] as const) {
      const original = statement[read].bind(statement);
      Object.assign(statement, {
        [read]: (...params: never[]) => {
          const rows = original(...params);
          meanwhile();
          return rows;
        },
      });
    }
    return statement;
  };
  return { ...database, sqlite: Object.assign(Object.create(database.sqlite), { prepare }) };
}

it('an event that another process writes while events are read is read then or the next time, once', () => {
  const path = join(tempFolder(), 'holdfast.db');
  const writer = findingsTable(opened(path));
  const { key } = aFinding('disk');
  let at = 0;
  const write = (): void => writer.writeEvent({ key, at: (at += 1), run: null, kind: 'changed', detail: null });
  const reader = findingsTable(between(opened(path), write));
  write();
  const seen: number[] = [];
  let seq = 0;
  for (let look = 0; look < 3; look += 1) {
    const { events, last } = reader.eventsAfter(seq, 100);
    seen.push(...events.map((event) => event.at));
    seq = last;
  }
  expect(seen.length).toBeGreaterThanOrEqual(3);
  expect(seen).toEqual(seen.map((_, index) => index + 1));
});

it('of more events than are asked for the newest are read, oldest first', () => {
  const table = findingsTable(opened(join(tempFolder(), 'holdfast.db')));
  const { key } = aFinding('disk');
  for (let at = 1; at <= 5; at += 1) table.writeEvent({ key, at, run: null, kind: 'changed', detail: null });
  const { events, last } = table.eventsAfter(1, 3);
  expect(events.map(({ at }) => at)).toEqual([3, 4, 5]);
  expect(last).toBe(events.at(-1)?.seq);
  expect(table.eventsAfter(last, 3)).toEqual({ events: [], last });
});
