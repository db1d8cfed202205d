import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEFORE_ALL } from '../../src/domain/audit-chain.ts';
import { digestOf } from '../../src/domain/digest.ts';
import { auditLog } from '../../src/store/audit.ts';
import { verifyAudit } from '../../src/store/audit-verify.ts';
import { openMemory, pragma } from '../../src/store/database.ts';
import { compact } from '../../src/store/retention.ts';
import { anEntry, aSealedLog, INSTANCE, openLog, tamper, verified } from '../support/audit.ts';
import { raceAppending } from '../support/audit-racer.ts';
import { codeOf } from '../support/errors.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

describe('appending', () => {
  it('gives each entry its number, its time, the digest of the one before and its own', () => {
    const { log, clock, database } = openLog(tempFolder());
    const first = log.append(anEntry());
    clock.at = 5_000;
    const second = log.append(anEntry({ verb: 'finding-unmuted' }));
    expect([first.seq, second.seq, first.at, second.at]).toEqual([2, 3, 1_000, 5_000]);
    expect(second.previous).toBe(first.digest);
    const { digest, ...rest } = second;
    expect(digest).toBe(digestOf('audit-entry', rest));
    expect(log.byId(second.id)).toEqual([second]);
    database.close();
  });

  it('begins with an entry of its own that names the key, after the digest of nothing', () => {
    const { log, database } = openLog(tempFolder());
    expect(log.latestAt()).toBeNull();
    log.append(anEntry());
    const [, began] = log.list({ limit: 5, object: null, verb: null });
    expect(began).toMatchObject({
      seq: 1,
      verb: 'audit-began',
      previous: BEFORE_ALL.digest,
      detail: { instance: INSTANCE },
    });
    expect(BEFORE_ALL.digest).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    database.close();
  });

  it('never goes back in time: a clock that was set back gives the time of the entry before', () => {
    const { log, clock, database } = openLog(tempFolder());
    clock.at = 9_000;
    log.append(anEntry());
    clock.at = 4_000;
    expect(log.append(anEntry()).at).toBe(9_000);
    expect(log.latestAt()).toBe(9_000);
    database.close();
  });

  it('that finds no free id for itself is not refused: an id only has to differ for people', () => {
    const database = openMemory();
    const clock = { now: () => 1_000, monotonic: () => 0 };
    const log = auditLog(database, { clock, random: (size) => new Uint8Array(size), instance: INSTANCE, files: null });
    log.append(anEntry());
    expect(log.byId('a-000000000000').map(({ seq }) => seq)).toEqual([1, 2]);
    database.close();
  });

  it('is undone with the transaction that it is part of, and chains on from what is left', () => {
    const folder = tempFolder();
    const { log, database } = openLog(folder);
    const work = (): never => {
      log.append(anEntry());
      log.append(anEntry());
      throw new Error('no');
    };
    expect(() => database.transaction(work)).toThrow('no');
    expect(log.list({ limit: 5, object: null, verb: null })).toEqual([]);
    database.transaction(() => {
      log.append(anEntry());
      log.append(anEntry());
    });
    log.sealHead();
    database.close();
    expect(verified(folder)).toBe('3 sound');
  });

  it('counts by verb and object, and lists by either, latest first', () => {
    const { log, database } = openLog(tempFolder());
    for (const object of ['p-AAAA', 'p-AAAB', 'p-AAAA']) log.append(anEntry({ object, verb: 'approval-refused' }));
    log.append(anEntry({ object: 'p-AAAA', verb: 'plan-sealed' }));
    expect([log.count('approval-refused', 'p-AAAA'), log.count('approval-refused', 'p-AAA')]).toEqual([2, 0]);
    const seqs = (object: string | null, verb: 'plan-sealed' | null): number[] =>
      log.list({ limit: 3, object, verb }).map(({ seq }) => seq);
    expect(seqs(null, null)).toEqual([5, 4, 3]);
    expect(seqs('p-AAAA', null)).toEqual([5, 4, 2]);
    expect(seqs('p-aaa', 'plan-sealed')).toEqual([5]);
    database.close();
  });

  it('that was made unreadable is AUDIT_BROKEN when it is to be shown, and can be added to', () => {
    const folder = tempFolder();
    aSealedLog(folder, 3);
    tamper(folder, (sqlite) => sqlite.exec("UPDATE audit SET body = '{' WHERE seq < 3"));
    const { log, database } = openLog(folder);
    expect(codeOf(() => log.list({ limit: 5, object: null, verb: null }))).toBe('AUDIT_BROKEN');
    expect(log.append(anEntry()).seq).toBe(5);
    database.close();
    expect(verified(folder)).toMatch(/^1: /);
  });

  it('is for ever: what is old is forgotten everywhere else', async () => {
    const folder = tempFolder();
    aSealedLog(folder, 4);
    const { database } = openLog(folder);
    await compact(database, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    database.close();
    expect(verified(folder)).toBe('4 sound');
  });

  it('signs a checkpoint every thousand entries, and when it is asked to', () => {
    const folder = tempFolder();
    const { log, database } = openLog(folder);
    database.transaction(() => {
      for (let index = 0; index < 1_005; index++) log.append(anEntry());
    });
    log.checkpoint();
    log.sealHead();
    expect(log.list({ limit: 5, object: null, verb: 'checkpoint' }).map(({ seq }) => seq)).toEqual([1_008, 1_001]);
    database.close();
    expect(verified(folder)).toBe('1008 sound');
  });

  it('of any detail is verified afterwards', () => {
    const folder = tempFolder();
    const { log, database, files } = openLog(folder);
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), fc.nat(10_000), (detail, object) => {
        log.append({ ...anEntry({ object: String(object) }), detail: redactor.data({ detail }) as never });
        expect(verifyAudit(database, files).status).toBe('sound');
      }),
      { numRuns: 150 },
    );
    database.close();
  });

  it('to a full database is STORE_FULL, and nothing of it is there', () => {
    const folder = tempFolder();
    const { log, database } = openLog(folder);
    log.append(anEntry());
    const pages = Number(pragma(database.sqlite, 'page_count'));
    database.sqlite.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const large = anEntry({ reason: 'long '.repeat(40_000) });
    expect(codeOf(() => log.append(large))).toBe('STORE_FULL');
    const both = (): void => {
      log.append(anEntry());
      log.append(large);
    };
    expect(codeOf(() => database.transaction(both))).toBe('STORE_FULL');
    log.sealHead();
    database.close();
    expect(verified(folder)).toBe('2 sound');
  });

  it('by several processes at once keeps one chain', { timeout: 60_000 }, async () => {
    const folder = tempFolder();
    await raceAppending(folder, 4, 60);
    expect(verified(folder)).toBe('241 sound');
  });
});

describe('the table', () => {
  it.each([
    'UPDATE audit SET object = object',
    'UPDATE main.audit SET rowid = 99 WHERE seq = 1',
    'DELETE FROM audit',
    'DELETE FROM "AUDIT" WHERE seq = 1',
    'DROP TABLE audit',
    'ALTER TABLE audit RENAME TO other',
    'ALTER TABLE audit ADD COLUMN more TEXT',
    'ALTER TABLE audit DROP COLUMN body',
    'DROP TRIGGER audit_is_not_changed',
    'DROP INDEX audit_by_id',
    'CREATE TRIGGER mine BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END',
    'CREATE TEMP TRIGGER mine BEFORE INSERT ON main.audit BEGIN SELECT RAISE(IGNORE); END',
    'CREATE TEMP TABLE audit (seq INTEGER)',
    'CREATE TEMP VIEW audit AS SELECT 1 AS seq',
    "INSERT OR REPLACE INTO audit VALUES (1, 'a', 1, 'v', 'o', 'b', 'd')",
    "REPLACE INTO audit SELECT seq, id, at, verb, object, 'b', digest FROM audit",
    "INSERT OR IGNORE INTO audit VALUES (1, 'a', 1, 'v', 'o', 'b', 'd')",
    "INSERT INTO audit VALUES (1, 'a', 1, 'v', 'o', 'b', 'd') ON CONFLICT DO UPDATE SET body = 'x'",
    "INSERT INTO audit VALUES (0, 'a', 1, 'v', 'o', 'b', 'd')",
    "INSERT INTO audit VALUES (NULL, 'a', 1, 'v', 'o', 'b', 'd')",
    "INSERT INTO audit VALUES (9, 'a', 1, 'v', 'o', 'b', 'd')",
    "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name LIKE 'audit%'",
    'WITH gone AS (SELECT seq FROM audit) DELETE FROM audit WHERE seq IN gone',
    "CREATE TRIGGER mine AFTER INSERT ON meta BEGIN DELETE FROM audit; END; INSERT INTO meta VALUES ('a', 'b')",
  ])('takes nothing but a next entry: %s', (sql) => {
    const folder = tempFolder();
    aSealedLog(folder, 3);
    const { database, log } = openLog(folder);
    const before = log.list({ limit: 9, object: null, verb: null });
    expect(() => database.sqlite.exec(sql)).toThrow(
      /not authorized|the audit|deleted from the audit|may not be modified/,
    );
    expect(log.list({ limit: 9, object: null, verb: null })).toEqual(before);
    database.close();
    expect(verified(folder)).toBe('3 sound');
  });
});

describe('the key', () => {
  it('is made at the first entry, for its owner only, its public part beside it', () => {
    const folder = tempFolder();
    const { log, database, files } = openLog(folder);
    expect(statSync(files.key, { throwIfNoEntry: false })).toBeUndefined();
    log.append(anEntry());
    const pem = readFileSync(files.key, 'utf8');
    expect([pem.split('\n')[0], statSync(files.key).mode & 0o777]).toEqual(['-----BEGIN PRIVATE KEY-----', 0o600]);
    expect(readFileSync(join(folder, 'audit.pub'), 'utf8')).toContain('BEGIN PUBLIC KEY');
    log.append(anEntry());
    expect(readFileSync(files.key, 'utf8')).toBe(pem);
    database.close();
  });

  it('that is damaged is said to be, and no entry is written', () => {
    const folder = tempFolder();
    const { log, database, files } = openLog(folder);
    writeFileSync(files.key, 'not a key');
    expect(codeOf(() => log.append(anEntry()))).toBe('STATE_DIR_UNUSABLE');
    expect(log.latestAt()).toBeNull();
    database.close();
  });

  it('that was lost is replaced, and the log says from which entry on', () => {
    const folder = tempFolder();
    const files = aSealedLog(folder, 3);
    rmSync(files.key);
    const { log, database } = openLog(folder);
    log.append(anEntry());
    log.checkpoint();
    log.sealHead();
    expect(log.list({ limit: 9, object: null, verb: 'audit-began' }).map(({ seq }) => seq)).toEqual([4, 1]);
    database.close();
    expect(verified(folder)).toBe('6 sound');
  });
});

describe('the copied head', () => {
  it('is there before the first entry, and is brought up after a commit, for its owner only', () => {
    const folder = tempFolder();
    const { log, database, files } = openLog(folder);
    log.append(anEntry());
    expect(JSON.parse(readFileSync(files.head, 'utf8'))).toMatchObject({ seq: 0, digest: BEFORE_ALL.digest });
    log.sealHead();
    expect(JSON.parse(readFileSync(files.head, 'utf8'))).toMatchObject({ seq: 2, instance: INSTANCE });
    expect(statSync(files.head).mode & 0o777).toBe(0o600);
    database.close();
  });

  it('may lag behind, as after a crash between commit and copy', () => {
    const folder = tempFolder();
    aSealedLog(folder, 3);
    const { log, database, files } = openLog(folder);
    log.append(anEntry());
    database.close();
    expect(verified(folder)).toBe('4 sound');
    expect(JSON.parse(readFileSync(files.head, 'utf8'))).toMatchObject({ seq: 3 });
  });

  it('is not touched by who appended nothing', () => {
    const folder = tempFolder();
    const files = aSealedLog(folder, 3);
    rmSync(files.head);
    const { log, database } = openLog(folder);
    log.sealHead();
    database.close();
    expect(statSync(files.head, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('is never sealed inside a transaction', () => {
    const { log, database } = openLog(tempFolder());
    log.append(anEntry());
    expect(codeOf(() => database.transaction(() => log.sealHead()))).toBe('INTERNAL');
    database.close();
  });

  it.each([
    ['missing', (head: string) => rmSync(head), /missing/],
    ['damaged', (head: string) => writeFileSync(head, '{}\n'), /damaged/],
  ])('that is %s stays as it is: it is evidence', (_what, spoil, words) => {
    const folder = tempFolder();
    const files = aSealedLog(folder, 3);
    spoil(files.head);
    const { log, database } = openLog(folder);
    log.append(anEntry());
    expect(() => log.sealHead()).toThrow(words);
    expect(codeOf(() => log.sealHead())).toBe('AUDIT_BROKEN');
    database.close();
    expect(verified(folder)).toMatch(words);
    const again = openLog(folder);
    again.log.sealAnew();
    again.database.close();
    expect(verified(folder)).toBe('4 sound');
  });

  it('that can not be written is AUDIT_UNSEALED, and the entry is kept', () => {
    const folder = tempFolder();
    aSealedLog(folder, 3);
    const { log, database, files } = openLog(folder);
    log.append(anEntry());
    const inTheWay = `${files.head}.${process.pid}.partial`;
    mkdirSync(inTheWay);
    expect(codeOf(() => log.sealHead())).toBe('AUDIT_UNSEALED');
    rmdirSync(inTheWay);
    log.sealHead();
    expect(JSON.parse(readFileSync(files.head, 'utf8'))).toMatchObject({ seq: 4 });
    database.close();
    expect(verified(folder)).toBe('4 sound');
  });
});

describe('a log in memory', () => {
  it('leaves no key and no head', () => {
    const folder = tempFolder();
    const database = openMemory();
    const clock = { now: () => 1_000, monotonic: () => 0 };
    const log = auditLog(database, { clock, random: randomBytes, instance: INSTANCE, files: null });
    log.append(anEntry());
    log.checkpoint();
    log.sealHead();
    expect(log.list({ limit: 9, object: null, verb: null })).toHaveLength(3);
    database.close();
    expect(statSync(join(folder, 'audit.head'), { throwIfNoEntry: false })).toBeUndefined();
  });
});
