import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { baselinesTable } from '../../src/store/baselines.ts';
import { compact } from '../../src/store/retention.ts';
import { codeOf } from '../support/errors.ts';
import { fact, inventory } from '../support/fake-inventory.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

const seen = redactor.data(inventory([fact('user', 'ana', { uid: 1 })]));

function aTable() {
  const database = openDatabase(join(tempFolder(), 'holdfast.db'));
  return { database, table: baselinesTable(database) };
}

describe('the baselines on disk', () => {
  it('come back as they were written, the scan beside the baseline', () => {
    const { table } = aTable();
    expect([table.names(), table.baseline('a'), table.scan('a')]).toEqual([[], null, null]);
    const digest = table.writeBaseline('b', seen, 5);
    table.writeScan('a', redactor.data(inventory([])), 6);
    expect(table.baseline('b')).toEqual({ inventory: seen, digest, at: 5 });
    expect([table.names(), table.scan('b'), table.scan('a')?.at]).toEqual([['a', 'b'], null, 6]);
  });

  it('are refused when any byte of them was flipped, or their digest', () => {
    const { database, table } = aTable();
    table.writeBaseline('a', seen, 5);
    const bytes = String(database.sqlite.prepare('SELECT bytes FROM baselines').all()[0]?.['bytes']);
    const put = database.sqlite.prepare('UPDATE baselines SET bytes = ?');
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = String.fromCodePoint(bytes.charCodeAt(at) ^ 1);
      put.run(bytes.slice(0, at) + flipped + bytes.slice(at + 1));
      expect(codeOf(() => table.baseline('a'))).toBe('BASELINE_CORRUPT');
    }
    put.run(bytes);
    expect(table.baseline('a')?.at).toBe(5);
    database.sqlite.exec("UPDATE baselines SET digest = 'sha256:0'");
    expect(codeOf(() => table.baseline('a'))).toBe('BASELINE_CORRUPT');
  });

  it('are never forgotten, nor is their history', async () => {
    const { database, table } = aTable();
    const digest = table.writeBaseline('a', seen, 5);
    table.writeScan('a', seen, 5);
    const event = {
      at: 5,
      actor: { kind: 'operator', name: 'ana' },
      event: 'accepted',
      reason: redactor.text('so'),
      before: null,
      after: digest,
      counts: { added: 1, removed: 0, changed: 0, facts: 1 },
      items: [],
    } as const;
    table.writeEvent('a', event);
    await compact(database, 1_000_000, 1_000_000);
    expect([table.baseline('a')?.at, table.scan('a')?.at, table.history('a')]).toEqual([5, 5, [event]]);
  });
});
