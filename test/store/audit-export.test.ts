import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditVerdict } from '../../src/domain/audit.ts';
import { exportAudit, verifyExport } from '../../src/store/audit-export.ts';
import { openAuditKey } from '../../src/store/audit-key.ts';
import { linesOf } from '../../src/store/audit-lines.ts';
import { anEntry, INSTANCE, openLog, saidOf, tamper } from '../support/audit.ts';
import { codeOf } from '../support/errors.ts';
import { tempFolder } from '../support/temp.ts';

const noRandom = (): never => {
  throw new Error('the key should be there');
};

/** A log with a checkpoint in it, and its export. */
function exported(folder = tempFolder()): string {
  const { log, database } = openLog(folder);
  for (const reason of ['moving house', 'näher, „größer“ \u2028', 'x'.repeat(500)]) log.append(anEntry({ reason }));
  log.checkpoint();
  log.append(anEntry());
  log.sealHead();
  database.close();
  return exportOf(folder);
}

function exportOf(folder: string): string {
  const { database, files } = openLog(folder);
  const path = join(folder, 'audit.jsonl');
  try {
    exportAudit(database, path, { key: openAuditKey(files.key, noRandom), instance: INSTANCE, now: 9_000 });
  } finally {
    database.close();
  }
  return path;
}

const said = (lines: readonly string[]): string => saidOf(verifyExport(lines));
const linesIn = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

describe('an export', () => {
  it('proves itself, without the database, and says whose it is', () => {
    const path = exported();
    const verdict: AuditVerdict = verifyExport(linesOf(path));
    expect(verdict).toMatchObject({ status: 'sound', entries: 6, checkpoints: 1, sealedTo: 6, instance: INSTANCE });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(linesIn(path)).toHaveLength(8);
  });

  it('of an empty log proves itself too', () => {
    const folder = tempFolder();
    const { database, files } = openLog(folder);
    const key = openAuditKey(files.key, (size) => new Uint8Array(size).fill(7));
    const path = join(folder, 'empty.jsonl');
    expect(exportAudit(database, path, { key, instance: INSTANCE, now: 1 })).toMatchObject({ entries: 0 });
    database.close();
    expect(said(linesIn(path))).toBe('0 sound');
  });

  it('never overwrites a file, and leaves none when the log does not hold', () => {
    const folder = tempFolder();
    const path = exported(folder);
    const before = readFileSync(path);
    expect(codeOf(() => exportOf(folder))).toBe('FILE_EXISTS');
    expect(readFileSync(path).equals(before)).toBe(true);
    const other = tempFolder();
    const { log, database } = openLog(other);
    log.append(anEntry());
    database.close();
    tamper(other, (sqlite) => sqlite.exec("UPDATE audit SET object = 'x' WHERE seq = 2"));
    expect(codeOf(() => exportOf(other))).toBe('AUDIT_BROKEN');
    expect([existsSync(join(other, 'audit.jsonl')), existsSync(join(other, 'audit.jsonl.partial'))]).toEqual([
      false,
      false,
    ]);
  });

  it('is not made with another key than the one that signs the log', () => {
    const folder = tempFolder();
    exported(folder);
    const { database } = openLog(folder);
    const key = openAuditKey(join(folder, 'other.key'), (size) => new Uint8Array(size).fill(7));
    const path = join(folder, 'other.jsonl');
    expect(codeOf(() => exportAudit(database, path, { key, instance: INSTANCE, now: 1 }))).toBe('AUDIT_BROKEN');
    expect(existsSync(path)).toBe(false);
    database.close();
  });

  it('into a folder that is not there says so', () => {
    const folder = tempFolder();
    exported(folder);
    const { database, files } = openLog(folder);
    const key = openAuditKey(files.key, noRandom);
    const path = join(folder, 'missing', 'x.jsonl');
    expect(codeOf(() => exportAudit(database, path, { key, instance: INSTANCE, now: 1 }))).toBe('FILE_NOT_WRITTEN');
    database.close();
  });

  it.each<[what: string, edit: (lines: string[]) => string[], words: RegExp]>([
    ['its end cut off', (lines) => lines.slice(0, -1), /^7: .*without its signed last line/],
    ['entries cut off', (lines) => lines.toSpliced(5, 2), /^5: .*another log|^5: .*signature/],
    ['an entry gone', (lines) => lines.toSpliced(2, 1), /^3: entries 2 to 2 are gone/],
    ['an entry twice', (lines) => lines.toSpliced(3, 0, lines[2] ?? ''), /^2: its number is not the next/],
    ['two entries exchanged', (lines) => lines.toSpliced(2, 2, lines[3] ?? '', lines[2] ?? ''), /^3: entries 2 to 2/],
    ['nothing in it', () => [], /^1: the export ends here/],
    ['only its first line', (lines) => lines.slice(0, 1), /^1: the export ends here/],
    ['no first line', (lines) => lines.slice(1), /^0: the first line is not/],
    ['something after its end', (lines) => [...lines, lines[1] ?? ''], /^0: something follows/],
    ['an empty line after its end', (lines) => [...lines, ''], /^0: something follows/],
    ['a second end', (lines) => [...lines, lines.at(-1) ?? ''], /^0: something follows/],
    ['an empty line in it', (lines) => lines.toSpliced(2, 0, ''), /^2: the line is not canonical/],
    ['a list for a line', (lines) => lines.toSpliced(2, 0, '[]'), /^2: the line is not canonical/],
    [
      'a key more in the header',
      (lines) => lines.with(0, (lines[0] ?? '').replace('{', '{"a":1,')),
      /^0: the first line/,
    ],
    ['another instance in the header', (lines) => lines.with(0, (lines[0] ?? '').replace('7c0e', '7c0f')), /signature/],
  ])('with %s is refused', (_what, edit, words) => {
    expect(said(edit(linesIn(exported())))).toMatch(words);
  });

  it('under the header and the end of another key is refused', () => {
    const [mine, theirs] = [linesIn(exported()), linesIn(exported())];
    expect(said([theirs[0] ?? '', ...mine.slice(1)])).toMatch(/signature/);
    expect(said([theirs[0] ?? '', ...mine.slice(1, -1), theirs.at(-1) ?? ''])).toMatch(/signature/);
  });

  it('with any one byte changed is refused', { timeout: 60_000 }, () => {
    const path = exported();
    const bytes = readFileSync(path);
    const changed = join(path, '..', 'changed.jsonl');
    for (let index = 0; index < bytes.length; index++) {
      const copy = Buffer.from(bytes);
      copy[index] = (copy[index] ?? 0) ^ (index % 2 === 0 ? 0x20 : 0x01);
      writeFileSync(changed, copy);
      expect(verifyExport(linesOf(changed)).status, `byte ${index}`).toBe('broken');
    }
  });
});

describe('the lines of a file', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\n\nb\r\nü', ['a', '', 'b\r', 'ü']],
    ['\uFEFFa\n', ['\uFEFFa']],
    [`${'x'.repeat(100_000)}\n${'ö'.repeat(100_000)}\n`, ['x'.repeat(100_000), 'ö'.repeat(100_000)]],
  ])('%#', (text, lines) => {
    const path = join(tempFolder(), 'lines');
    writeFileSync(path, text);
    expect([...linesOf(path)]).toEqual(lines);
  });

  it('that are no UTF-8 or endless come as nothing', () => {
    const path = join(tempFolder(), 'lines');
    writeFileSync(path, Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.alloc(3 << 20, 0x61)]));
    expect([...linesOf(path)]).toEqual(['', '']);
  });
});
