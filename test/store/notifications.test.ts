import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Told } from '../../src/domain/told.ts';
import { openDatabase } from '../../src/store/database.ts';
import { findingsTable } from '../../src/store/findings.ts';
import { createNotificationBook } from '../../src/store/notifications.ts';
import { aFinding, aNotification, HOUR } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

function open(path = join(tempFolder(), 'holdfast.db')) {
  const database = openDatabase(path);
  return { database, path, book: createNotificationBook(database), findings: findingsTable(database) };
}

function aRow(key: string, edit: Partial<Told> = {}): Told {
  return {
    key,
    runbook: 'heartbeat',
    finding: 'f-0123456789AB',
    text: redactor.text('/data is 91 % full'),
    severity: 'high',
    said: 'open',
    at: 0,
    flapping: false,
    turnedAt: 0,
    heldSince: null,
    ...edit,
  };
}

const nothing = { messages: [], told: [], forgotten: [] };

describe('the book of notifications', () => {
  it('keeps a routing: its notification, its rows, its jobs', () => {
    const { book, path } = open();
    const enqueued: string[] = [];
    const message = { notification: aNotification(), ways: ['desktop'] };
    book.record(
      () => ({ messages: [message], told: [aRow('a'), aRow('b')], forgotten: [] }),
      ({ notification, ways }) => enqueued.push(`${notification.id} ${ways.join()}`),
    );
    book.record(
      (view) => ({
        ...nothing,
        forgotten: view
          .ofRunbook('heartbeat')
          .map(({ key }) => key)
          .slice(0, 1),
      }),
      () => undefined,
    );
    expect(enqueued).toEqual(['n-0123456789AB desktop']);
    const again = open(path).book;
    expect(again.notification('n-0123456789AB')).toEqual(aNotification());
    again.record(
      (view) => {
        expect(view.ofRunbook('heartbeat')).toEqual([aRow('b')]);
        expect(view.byKey('b')).toEqual(aRow('b'));
        expect(view.byKey('a')).toBeUndefined();
        expect(view.ofRunbook('other')).toEqual([]);
        return nothing;
      },
      () => undefined,
    );
  });

  it('keeps nothing when a job can not be added', () => {
    const { book } = open();
    const record = () =>
      book.record(
        () => ({ messages: [{ notification: aNotification(), ways: [] }], told: [aRow('a')], forgotten: [] }),
        () => {
          throw new Error('no room');
        },
      );
    expect(record).toThrow('no room');
    expect(book.latest(5)).toEqual([]);
    expect(book.isHolding()).toBe(false);
    book.record(
      (view) => {
        expect(view.byKey('a')).toBeUndefined();
        return nothing;
      },
      () => undefined,
    );
  });

  it('knows what is held back, with the findings as they are now', () => {
    const { book, findings } = open();
    const held = aFinding('held');
    const other = aFinding('other', { standing: 'resolved' });
    const untold = aFinding('untold');
    const forgotten = aFinding('long gone', { standing: 'resolved' });
    for (const finding of [held, other, untold, forgotten]) findings.write(finding);
    expect(book.isHolding()).toBe(false);
    book.record(
      () => ({ ...nothing, told: [aRow(held.key, { heldSince: 5 }), aRow(other.key)] }),
      () => undefined,
    );
    expect(book.isHolding()).toBe(true);
    book.record(
      (view) => {
        expect(view.held()).toEqual({ told: [aRow(held.key, { heldSince: 5 })], findings: [held] });
        expect(view.everything().findings).toEqual([held, other, untold]);
        expect(view.everything().told).toHaveLength(2);
        return { ...nothing, told: [aRow(held.key)] };
      },
      () => undefined,
    );
    expect(book.isHolding()).toBe(false);
  });

  it('counts the notifications of the last hour and day: no tests, none of the future', () => {
    const { book } = open();
    const now = 100 * HOUR;
    const times = [now, now - HOUR + 1, now - HOUR, now - 24 * HOUR + 1, now - 24 * HOUR, now + 1];
    const messages = times.map((at, index) => ({ notification: aNotification({ id: `n-${index}`, at }), ways: [] }));
    messages.push({ notification: aNotification({ id: 'n-test', at: now, kind: 'test' }), ways: [] });
    book.record(
      () => ({ ...nothing, messages }),
      () => undefined,
    );
    book.record(
      (view) => {
        expect(view.lately(now)).toEqual({ lastHour: 2, lastDay: 4 });
        return nothing;
      },
      () => undefined,
    );
  });

  it('numbers the attempts of each way, and forgets them with their notification', () => {
    const { book, database } = open();
    const { id } = aNotification();
    book.record(
      () => ({ ...nothing, messages: [{ notification: aNotification(), ways: [] }] }),
      () => undefined,
    );
    const error = redactor.text('blocked');
    book.recordDelivery({ notification: id, way: 'desktop', at: 1, outcome: 'failed', error });
    book.recordDelivery({ notification: id, way: 'mail', at: 2, outcome: 'delivered', error: null });
    expect(book.wasDelivered(id, 'desktop')).toBe(false);
    book.recordDelivery({ notification: id, way: 'desktop', at: 3, outcome: 'delivered', error: null });
    expect(book.wasDelivered(id, 'desktop')).toBe(true);
    expect(book.deliveriesOf(id)).toEqual([
      { notification: id, way: 'desktop', attempt: 1, at: 1, outcome: 'failed', error: 'blocked' },
      { notification: id, way: 'mail', attempt: 1, at: 2, outcome: 'delivered', error: null },
      { notification: id, way: 'desktop', attempt: 2, at: 3, outcome: 'delivered', error: null },
    ]);
    expect(book.prune(1_000)).toBe(0);
    expect(book.prune(1_001)).toBe(1);
    expect(book.deliveriesOf(id)).toEqual([]);
    expect(database.sqlite.prepare('SELECT count(*) AS n FROM deliveries').get()).toEqual({ n: 0 });
  });
});
