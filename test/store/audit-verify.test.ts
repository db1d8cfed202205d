import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { sealEntry } from '../../src/domain/audit-chain.ts';
import { digestOfBytes } from '../../src/domain/digest.ts';
import { ownJson } from '../../src/store/own-json.ts';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { verifyAudit } from '../../src/store/audit-verify.ts';
import { anEntry, aSealedLog, openLog, saidOf, tamper, verified } from '../support/audit.ts';
import { codeOf } from '../support/errors.ts';
import { tempFolder } from '../support/temp.ts';

/** A log of eight entries with a checkpoint as its sixth, sealed. */
function aLog(): string {
  const folder = tempFolder();
  const { log, database, clock } = openLog(folder);
  for (let seq = 2; seq <= 5; seq++) {
    clock.at += 1_000;
    log.append(anEntry({ object: `f-00000000000${seq}` }));
  }
  log.checkpoint();
  log.append(anEntry());
  log.append(anEntry({ verb: 'finding-unmuted' }));
  log.sealHead();
  database.close();
  return folder;
}

/** Writes every entry from `from` on anew, so that the chain fits again: what whoever lacks the key can do. */
function rechain(sqlite: DatabaseSync, from: number, edit: (entry: AuditEntry) => AuditEntry): void {
  const rows = sqlite.prepare('SELECT seq, body, digest FROM audit ORDER BY seq').all();
  let previous: unknown = rows[from - 2]?.['digest'];
  for (const row of rows.slice(from - 1)) {
    const entry = edit(ownJson<AuditEntry>(row['body']));
    const { body, digest } = sealEntry({ ...entry, previous: previous as AuditEntry['previous'] });
    sqlite
      .prepare('UPDATE audit SET id = ?, at = ?, verb = ?, object = ?, body = ?, digest = ? WHERE seq = ?')
      .run(entry.id, entry.at, entry.verb, entry.object, body, digest, Number(row['seq']));
    previous = digest;
  }
}

describe('a log that is as it was written', () => {
  it('is sound, and so is one that is empty', () => {
    expect(verified(aLog())).toBe('8 sound');
    expect(verified(tempFolder())).toBe('0 sound');
  });
});

describe('verifying names the first entry that is wrong:', () => {
  it.each<[what: string, sql: string, said: RegExp]>([
    ['changed', "UPDATE audit SET body = replace(body, 'moving house', 'moving mouse') WHERE seq = 4", /^4: .*changed/],
    ['a time changed', 'UPDATE audit SET at = at - 1 WHERE seq = 3', /^3: its columns do not say/],
    ['an object changed in its column', "UPDATE audit SET object = 'f-X' WHERE seq = 5", /^5: its columns/],
    ['an id changed in its column', "UPDATE audit SET id = 'a-X' WHERE seq = 5", /^5: its columns/],
    ['deleted in the middle', 'DELETE FROM audit WHERE seq = 4', /^5: entries 4 to 4 are gone/],
    ['deleted at the beginning', 'DELETE FROM audit WHERE seq < 3', /^3: entries 1 to 2 are gone/],
    ['the last one deleted', 'DELETE FROM audit WHERE seq = 8', /^8: it is gone/],
    ['the tail deleted', 'DELETE FROM audit WHERE seq > 5', /^6: it is gone/],
    ['all deleted', 'DELETE FROM audit', /^1: it is gone/],
    [
      'deleted, and those after it renumbered',
      'DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = seq - 1 WHERE seq > 4',
      /^4: its text says that it is entry 5/,
    ],
    [
      'two exchanged',
      'UPDATE audit SET seq = -1 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = -1',
      /^3: its text says that it is entry 4/,
    ],
    [
      'one put in twice',
      'INSERT INTO audit SELECT 9, id, at, verb, object, body, digest FROM audit WHERE seq = 8',
      /^9: its text says that it is entry 8/,
    ],
    [
      'put in before all others',
      "INSERT INTO audit VALUES (0, 'a-0', 0, 'held', '', '{}', '')",
      /^1: .*number is not the next/,
    ],
    ['put in with a number below nought', "INSERT INTO audit VALUES (-5, 'a-0', 0, 'held', '', '{}', '')", /^1: /],
    ['a number that no JavaScript can hold', 'UPDATE audit SET seq = 9223372036854775807 WHERE seq = 8', /^8: /],
    ['the lowest number there is', 'UPDATE audit SET seq = -9223372036854775808 WHERE seq = 8', /^1: /],
    [
      'a time that no JavaScript can hold',
      'UPDATE audit SET at = 9223372036854775807 WHERE seq = 8',
      /^8: its columns/,
    ],
    ['text that is no JSON', "UPDATE audit SET body = '{' WHERE seq = 2", /^2: .*changed/],
  ])('%s', (_what, sql, said) => {
    const folder = aLog();
    tamper(folder, (sqlite) => sqlite.exec(sql));
    expect(verified(folder)).toMatch(said);
  });

  it('changed, with the whole chain after it written anew: the next checkpoint', () => {
    const folder = aLog();
    tamper(folder, (sqlite) =>
      rechain(sqlite, 4, (entry) => (entry.seq === 4 ? { ...entry, outcome: 'nothing' } : entry)),
    );
    expect(verified(folder)).toMatch(/^6: the checkpoint was signed over another log/);
  });

  it('changed after the last checkpoint, with the chain written anew: the head', () => {
    const folder = aLog();
    tamper(folder, (sqlite) =>
      rechain(sqlite, 7, (entry) => (entry.seq === 7 ? { ...entry, outcome: 'nothing' } : entry)),
    );
    expect(verified(folder)).toMatch(/^8: it is not the entry that audit.head was signed over/);
  });

  it('a checkpoint made to fit, without the key', () => {
    const folder = aLog();
    tamper(folder, (sqlite) => {
      let digest = '';
      rechain(sqlite, 5, (entry) => {
        if (entry.seq === 5) digest = sealEntry({ ...entry, outcome: 'nothing' }).digest;
        const edited =
          entry.seq === 5 ? { outcome: 'nothing' } : entry.seq === 6 ? { detail: { ...entry.detail, digest } } : {};
        return { ...entry, ...edited } as AuditEntry;
      });
    });
    expect(verified(folder)).toMatch(/^6: the signature of the checkpoint is not good/);
  });

  it.each([
    ['a number', { seq: 9.5 }, /columns|entry 9.5/],
    ['a time that goes back', { at: 1 }, /time is before/],
    ['an object that is no text', { object: 7 }, /columns/],
  ])('one whose chain fits, but not %s', (_what, edit, said) => {
    const folder = aLog();
    tamper(folder, (sqlite) => rechain(sqlite, 8, (entry) => ({ ...entry, ...edit }) as AuditEntry));
    expect(verified(folder)).toMatch(said);
  });

  it.each([
    ['a key twice', (body: string) => body.replace('{"actor"', '{"actor":1,"actor"')],
    ['blanks', (body: string) => body.replace(',', ', ')],
    ['keys out of order', (body: string) => body.replace(/^\{("actor":\{[^}]*\}),("at":\d+)/, '{$2,$1')],
    ['a number written otherwise', (body: string) => body.replace(/"seq":8/, '"seq":8.0')],
    ['a lone surrogate', (body: string) => body.replace('moving', '\\ud800')],
    ['a list', () => '[]'],
  ])('text that has its digest, but is not canonical: %s', (_what, edit) => {
    const folder = aLog();
    tamper(folder, (sqlite) => {
      const body = edit(String(sqlite.prepare('SELECT body FROM audit WHERE seq = 8').get()?.['body']));
      expect(body).not.toBe(String(sqlite.prepare('SELECT body FROM audit WHERE seq = 8').get()?.['body']));
      const { digest } = digestOfText(body);
      sqlite.prepare('UPDATE audit SET body = ?, digest = ? WHERE seq = 8').run(body, digest);
    });
    expect(verified(folder)).toMatch(/^8: its text is not canonical JSON/);
  });
});

describe('verifying tells of the files beside the database:', () => {
  it.each<[what: string, spoil: (files: { head: string; key: string }) => void, said: RegExp]>([
    ['the head is missing', ({ head }) => rmSync(head), /^0: audit.head is missing/],
    ['the key is missing', ({ key }) => rmSync(key), /^0: keys\/audit.key is missing/],
    ['another key', ({ key }) => writeFileSync(key, otherKey()), /^0: it is signed with the key sha256:/],
    ['a head with white space', ({ head }) => writeFileSync(head, ` ${readFileSync(head, 'utf8')}`), /^0: .*damaged/],
    [
      'a head that says less than it was signed for',
      ({ head }) => writeFileSync(head, readFileSync(head, 'utf8').replace('"seq":5', '"seq":4')),
      /^0: the signature of audit.head/,
    ],
    [
      'a head of another installation',
      ({ head }) => writeFileSync(head, readFileSync(head, 'utf8').replace('7c0e', '7c0f')),
      /^0: the signature of audit.head/,
    ],
  ])('%s', (_what, spoil, said) => {
    const folder = tempFolder();
    spoil(aSealedLog(folder));
    expect(verified(folder)).toMatch(said);
  });

  it('a head and a log that another installation made', () => {
    const [mine, theirs] = [tempFolder(), tempFolder()];
    aSealedLog(mine);
    aSealedLog(theirs);
    for (const file of ['holdfast.db', 'audit.head']) copyFileSync(join(theirs, file), join(mine, file));
    expect(verified(mine)).toMatch(/^0: it is signed with the key/);
  });
});

describe('appending to a log whose last number was made absurd', () => {
  it('is AUDIT_BROKEN, and writes nothing', () => {
    const folder = aLog();
    tamper(folder, (sqlite) => sqlite.exec('UPDATE audit SET seq = 9223372036854775807 WHERE seq = 8'));
    const { log, database } = openLog(folder);
    expect(codeOf(() => log.append(anEntry()))).toBe('AUDIT_BROKEN');
    expect(database.sqlite.prepare('SELECT count(*) AS n FROM audit').get()).toEqual({ n: 8 });
    database.close();
  });
});

describe('one byte changed', () => {
  it('anywhere in any row is found', { timeout: 120_000 }, () => {
    const folder = aLog();
    let flips = 0;
    const { database, files } = openLog(folder);
    tamper(folder, (sqlite) => {
      const rows = sqlite.prepare('SELECT * FROM audit ORDER BY seq').all();
      for (const row of rows) {
        const seq = Number(row['seq']);
        for (const [column, value] of Object.entries(row)) {
          for (const changed of typeof value === 'number' ? flippedBits(value) : flippedBytes(String(value))) {
            write(sqlite, seq, column, changed);
            const said = saidOf(verifyAudit(database, files));
            expect(said, `entry ${seq}, ${column}: ${String(changed)}`).not.toMatch(/sound/);
            restore(sqlite, row, column === 'seq' && typeof changed === 'bigint' ? changed : seq);
            flips += 1;
          }
        }
      }
    });
    expect(saidOf(verifyAudit(database, files))).toBe('8 sound');
    database.close();
    expect(flips).toBeGreaterThan(3_000);
  });

  it('anywhere in the head is found', { timeout: 60_000 }, () => {
    const folder = tempFolder();
    const { head } = aSealedLog(folder);
    const bytes = readFileSync(head);
    for (const changed of flippedBytes(bytes.toString('utf8'))) {
      writeFileSync(head, changed);
      expect(verified(folder), changed.toString('latin1')).not.toMatch(/sound/);
    }
    writeFileSync(head, bytes);
    expect(verified(folder)).toBe('5 sound');
  });
});

function flippedBytes(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  // One bit that keeps letters letters, and one that does not, in turn.
  return Array.from(bytes, (byte, index) => {
    const copy = Buffer.from(bytes);
    copy[index] = byte ^ (index % 3 === 0 ? 0x20 : index % 3 === 1 ? 0x01 : 0x80);
    return copy;
  });
}

function flippedBits(number: number): bigint[] {
  return Array.from({ length: 63 }, (_, bit) => BigInt(number) ^ (1n << BigInt(bit))).filter(
    (changed) => changed > 8n || number > 8,
  );
}

function write(sqlite: DatabaseSync, seq: number, column: string, value: Buffer | bigint): void {
  const set = typeof value === 'bigint' ? '?' : 'CAST(? AS TEXT)';
  sqlite.prepare(`UPDATE audit SET ${column} = ${set} WHERE seq = ?`).run(value, seq);
}

function restore(sqlite: DatabaseSync, row: Record<string, SQLOutputValue>, seq: number | bigint): void {
  sqlite.prepare('DELETE FROM audit WHERE seq = ?').run(seq);
  sqlite.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)').run(...Object.values(row));
}

function digestOfText(body: string): { digest: string } {
  return { digest: digestOfBytes(`holdfast/audit-entry/v1\0${body}`) };
}

function otherKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}
