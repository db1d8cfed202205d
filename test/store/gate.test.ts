import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import type { GateStore } from '../../src/domain/gate-store.ts';
import { auditLog } from '../../src/store/audit.ts';
import { openMemory, type Database } from '../../src/store/database.ts';
import { createGateStore } from '../../src/store/gate.ts';
import { codeOf } from '../support/errors.ts';
import { GATE_KEY } from '../support/gate/deps.ts';
import { redactor } from '../support/sighting.ts';

const DIGEST: Digest = `sha256:${'ab'.repeat(32)}`;

function opened(key = GATE_KEY, database: Database = openMemory()): { store: GateStore; database: Database } {
  const random = (size: number): Uint8Array => new Uint8Array(size).fill(1);
  const clock = { now: () => 1, monotonic: () => 1 };
  const audit = auditLog(database, { clock, random, instance: 'here', files: null });
  return { store: createGateStore(database, key, audit), database };
}

function pinned(): { store: GateStore; database: Database } {
  const { store, database } = opened();
  store.trust({ digest: DIGEST, policy: 'ci', path: redactor.text('/etc/ci.yaml'), at: 5 });
  return { store, database };
}

describe('a pin', () => {
  test('makes that digest trusted and no other, until it is taken away', () => {
    const { store, database } = pinned();
    expect([store.isTrusted(DIGEST), store.isTrusted(`sha256:${'ac'.repeat(32)}`)]).toEqual([true, false]);
    store.untrust(DIGEST);
    expect(store.isTrusted(DIGEST)).toBe(false);
    database.close();
  });

  test.for(['digest', 'policy', 'path', 'mac'] as const)('is none with any one byte of its %s changed', (column) => {
    const { store, database } = pinned();
    const { sqlite } = database;
    const bytes = Buffer.from(String(sqlite.prepare(`SELECT ${column} AS value FROM pins`).get()?.['value']));
    const write = sqlite.prepare(`UPDATE pins SET ${column} = CAST(? AS TEXT)`);
    for (let place = 0; place < bytes.length; place++) {
      for (const bit of [1, 32, 128]) {
        const changed = Buffer.from(bytes);
        changed[place] = (bytes[place] ?? 0) ^ bit;
        write.run(changed);
        expect(store.isTrusted(DIGEST), `byte ${place} ^ ${bit}`).toBe(false);
        // Nor is what a changed digest now says.
        const says = changed.toString().replace(/^.*?:/, '');
        expect(store.isTrusted(`sha256:${says}`) && says !== 'ab'.repeat(32), `byte ${place} ^ ${bit}`).toBe(false);
      }
    }
    write.run(bytes);
    expect(store.isTrusted(DIGEST)).toBe(true);
    database.close();
  });

  test('is none with another time, or from who does not have the key', () => {
    const { store, database } = pinned();
    expect(opened(new Uint8Array(32).fill(9), database).store.isTrusted(DIGEST)).toBe(false);
    database.sqlite.exec('UPDATE pins SET at = at + 1');
    expect(store.isTrusted(DIGEST)).toBe(false);
    database.close();
  });
});

describe('counters', () => {
  test('count within the hour, or the day, before an instant, and each key by itself', () => {
    const { store, database } = opened();
    const hour = { key: 'a', per: 'hour' } as const;
    const day = { key: 'b', per: 'day' } as const;
    store.use(
      [
        { ...hour, amount: 2 },
        { ...day, amount: 1.5 },
      ],
      'p-1',
      1_000,
    );
    store.use([{ ...hour, amount: 3 }], 'p-2', 2_000);
    const at = (now: number): readonly (number | undefined)[] => {
      const used = store.used([hour, day, { key: 'c', per: 'day' }], now);
      return ['a', 'b', 'c'].map((key) => used.get(key));
    };
    expect(at(2_000)).toEqual([5, 1.5, 0]);
    expect(at(1_000 + 3_600_000 - 1)).toEqual([5, 1.5, 0]);
    expect(at(1_000 + 3_600_000)).toEqual([3, 1.5, 0]);
    expect(at(1_000 + 86_400_000)).toEqual([0, 0, 0]);
    database.close();
  });
});

describe('fences', () => {
  test('grow by one for each target by itself, and are nought before the first', () => {
    const { store, database } = opened();
    expect([
      store.fence('a'),
      store.nextFence('a'),
      store.nextFence('a'),
      store.nextFence('b'),
      store.fence('a'),
    ]).toEqual([0, 1, 2, 1, 2]);
    database.close();
  });
});

describe('the hold', () => {
  const hold = { at: 1, by: { kind: 'operator', name: 'ana' }, reason: redactor.text('storm') } as const;

  test('stands until it is ended', () => {
    const { store, database } = opened();
    expect(store.hold()).toBeNull();
    store.setHold(hold);
    expect(store.hold()).toEqual(hold);
    store.setHold(null);
    expect(store.hold()).toBeNull();
    database.close();
  });

  test.for(['{', '', 'tru'])('that can not be read ("%s") is an error, and so holds', (text) => {
    const { store, database } = opened();
    store.setHold(hold);
    database.sqlite.prepare("UPDATE meta SET value = ? WHERE key = 'hold'").run(text);
    expect(codeOf(() => store.hold())).toBe('HOLD_UNREADABLE');
    store.setHold(hold);
    expect(store.hold()).toEqual(hold);
    database.close();
  });

  test.for(['false', '0', '""', '{}', '[]', '7'])('that was overwritten with %s is not taken for none', (text) => {
    const { store, database } = opened();
    database.sqlite.prepare("INSERT INTO meta (key, value) VALUES ('hold', ?)").run(text);
    let isHeld: boolean;
    try {
      isHeld = store.hold() !== null;
    } catch {
      isHeld = true;
    }
    expect(isHeld).toBe(true);
    database.close();
  });
});

describe('a transaction', () => {
  test('keeps all or nothing, and the outermost counts', () => {
    const { store, database } = opened();
    expect(() =>
      store.transaction(() => {
        store.transaction(() => store.nextFence('a'));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.fence('a')).toBe(0);
    database.close();
  });
});
