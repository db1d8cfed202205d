import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { excerptOf } from '../../../src/checks/host/line-counts.ts';
import { check } from '../../../src/checks/host/log-patterns.ts';
import type { Observation, Sample } from '../../../src/domain/check.ts';
import { redactDraft, redactSample } from '../../../src/domain/redaction/border.ts';
import { hostReader } from '../../support/host-reader.ts';
import { redactor } from '../../support/sighting.ts';
import { look } from '../../support/look.ts';
import { tempFolder } from '../../support/temp.ts';

const HALF_HOUR = 1_800_000;

/** Looks again and again, as a heartbeat does: what a look remembers is there for the next. */
class Beats {
  readonly #params: object;
  readonly #samples: Sample[] = [];
  #now = Date.now();

  constructor(params: object) {
    this.#params = { patterns: ['ERROR'], ...params };
  }

  async look() {
    this.#now += HALF_HOUR;
    const history = { samples: this.#samples, open: new Map(), now: this.#now };
    const { observations, drafts } = await look(check, hostReader(), this.#params, { history, now: this.#now });
    for (const observation of observations) {
      if (observation.status !== 'seen') continue;
      const values = check.sample?.(observation) ?? null;
      const kept = values === null ? null : redactSample(redactor, values);
      if (kept !== null) this.#samples.unshift({ at: this.#now, values: kept });
    }
    return { observations, drafts, titles: drafts.map(({ title }) => title), lines: linesIn(observations) };
  }
}

function linesIn(observations: readonly Observation[]): Record<string, unknown> | null {
  const [lines] = observations.filter(({ resource }) => resource.includes('/log-lines/'));
  return lines?.status === 'seen' ? lines.facts : null;
}

function codeIn(observations: readonly Observation[]): string | null {
  return observations.flatMap((one) => (one.status === 'unknown' ? [one.failure.code] : []))[0] ?? null;
}

function logFile(content = ''): string {
  const path = join(tempFolder(), 'app.log');
  writeFileSync(path, content);
  return path;
}

test('the first look begins at the end and says so; later ones see each line once', async () => {
  const path = logFile('ERROR of yesterday\n');
  const beats = new Beats({ path });
  const first = await beats.look();
  expect(first.drafts).toEqual([]);
  const seen = first.observations.filter((one) => one.status === 'seen');
  expect(check.summary?.(seen)).toContain(`first look at ${path}: it began at the end`);

  appendFileSync(path, 'ERROR one\nall is well\nERROR two\n');
  const second = await beats.look();
  expect(second.titles).toEqual([`"ERROR" came 2 times in ${path} within the last 30 min`]);
  expect(second.drafts).toMatchObject([{ discriminator: 'ERROR', severity: 'medium' }]);
  expect(second.lines).toMatchObject({ lines: 3, bytesSkipped: 0, since: 'same', sinceMs: HALF_HOUR });
  expect(check.summary?.(second.observations.filter((one) => one.status === 'seen'))).toBeNull();

  expect((await beats.look()).titles).toEqual([]);
});

test('patterns have severities, thresholds, exceptions and names of their own', async () => {
  const path = logFile();
  const beats = new Beats({
    path,
    ignoreCase: true,
    patterns: [
      { match: 'panic*at', severity: 'critical', name: 'panic' },
      { match: 'timeout', atLeast: 3 },
      { match: 'error', except: ['error: none', 'expected*error'] },
    ],
  });
  await beats.look();
  appendFileSync(path, 'PANIC seen at x\ntimeout\ntimeout\nError: none\nexpected an error\n');
  expect((await beats.look()).drafts).toMatchObject([{ discriminator: 'panic', severity: 'critical' }]);
  appendFileSync(path, 'timeout\ntimeout\ntimeout\nerror: disk\n');
  expect((await beats.look()).drafts.map(({ discriminator }) => discriminator)).toEqual(['timeout', 'error']);
});

describe('a file that was rotated', () => {
  test('by moving it is read to its end where it lies now, then from the beginning of the new one', async () => {
    const path = logFile('old\n');
    const beats = new Beats({ path });
    await beats.look();
    appendFileSync(path, 'ERROR before\n');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'ERROR after\n');
    const { titles, lines } = await beats.look();
    expect(titles).toEqual([`"ERROR" came 2 times in ${path} within the last 30 min`]);
    expect(lines).toMatchObject({ since: 'rotated', isRestLost: false, lines: 2 });
  });

  test('several times is read through all of it, the oldest first', async () => {
    const path = logFile('old\n');
    const beats = new Beats({ path });
    await beats.look();
    appendFileSync(path, 'ERROR 1\n');
    renameSync(path, `${path}.2`);
    utimesSync(`${path}.2`, new Date(Date.now() - 20_000), new Date(Date.now() - 20_000));
    writeFileSync(`${path}.1`, 'ERROR 2\n');
    utimesSync(`${path}.1`, new Date(Date.now() - 10_000), new Date(Date.now() - 10_000));
    writeFileSync(`${path}.3.gz`, 'ERROR packed\n');
    writeFileSync(path, 'ERROR 3\n');
    const { drafts } = await beats.look();
    expect(drafts[0]?.evidence.filter(({ label }) => label === 'line').map(({ value }) => value)).toEqual([
      'ERROR 1',
      'ERROR 2',
      'ERROR 3',
    ]);
  });

  test('by copying and truncating it is read in the copy', async () => {
    const path = logFile('a first line\n');
    const beats = new Beats({ path });
    await beats.look();
    appendFileSync(path, 'ERROR before\n');
    copyFileSync(path, `${path}-20261120`);
    truncateSync(path);
    appendFileSync(path, 'ERROR after\n');
    const { titles, lines } = await beats.look();
    expect(titles[0]).toContain('2 times');
    expect(lines).toMatchObject({ since: 'truncated', isRestLost: false });
  });

  test('behind a link that leads to another file each day', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'days'));
    const path = join(folder, 'current.log');
    writeFileSync(join(folder, 'days/a'), 'old\n');
    symlinkSync('days/a', path);
    const beats = new Beats({ path });
    await beats.look();
    appendFileSync(join(folder, 'days/a'), 'ERROR before\n');
    unlinkSync(path);
    writeFileSync(join(folder, 'days/b'), 'ERROR after\n');
    symlinkSync('days/b', path);
    expect((await beats.look()).titles[0]).toContain('2 times');
  });

  test('and packed at once leaves its lines unknown, unless a pattern came all the same; then it goes on', async () => {
    const path = logFile('old\n');
    const beats = new Beats({ path });
    await beats.look();
    unlinkSync(path);
    writeFileSync(path, 'all is well\n');
    const lost = await beats.look();
    expect(lost.drafts).toEqual([]);
    expect(codeIn(lost.observations)).toBe('LOG_REST_LOST');
    appendFileSync(path, 'ERROR x\n');
    expect((await beats.look()).titles).toHaveLength(1);
    unlinkSync(path);
    writeFileSync(path, 'ERROR y\n');
    const again = await beats.look();
    expect(again.titles).toHaveLength(1);
    expect(again.lines).toMatchObject({ isRestLost: true });
  });

  test('and has not been made anew yet is read once it is', async () => {
    const path = logFile('old\n');
    for (const mayBeMissing of [false, true]) {
      writeFileSync(path, 'old\n');
      rmSync(`${path}.1`, { force: true });
      const beats = new Beats({ path, mayBeMissing });
      await beats.look();
      appendFileSync(path, 'ERROR before\n');
      renameSync(path, `${path}.1`);
      expect(codeIn((await beats.look()).observations)).toBe(mayBeMissing ? null : 'ENOENT');
      writeFileSync(path, 'ERROR after\n');
      expect((await beats.look()).titles[0]).toContain('2 times');
    }
  });
});

test('a file that was truncated and grew beyond where it was read is not taken for the same', async () => {
  const path = logFile('one line of yesterday\n');
  const beats = new Beats({ path });
  await beats.look();
  writeFileSync(path, `ERROR at its beginning\n${'x'.repeat(100)}\n`);
  const { titles, lines } = await beats.look();
  expect(titles).toHaveLength(1);
  expect(lines).toMatchObject({ since: 'truncated', isRestLost: true });
});

test('a file that took the place of another with all that was in it is gone on with', async () => {
  const path = logFile('a line of yesterday\n');
  const beats = new Beats({ path });
  await beats.look();
  writeFileSync(`${path}.new`, 'a line of yesterday\nERROR of today\n');
  renameSync(`${path}.new`, path);
  const { titles, lines } = await beats.look();
  expect(titles).toHaveLength(1);
  expect(lines).toMatchObject({ since: 'same', lines: 1 });
});

test('a new file that begins as the one before did does not hide the rest of that one', async () => {
  const path = logFile('log opened\n');
  const beats = new Beats({ path });
  await beats.look();
  appendFileSync(path, 'ERROR before\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'log opened\nERROR after\n');
  expect((await beats.look()).titles[0]).toContain('2 times');
});

test('a file that is made later is read from its beginning, when it may be missing', async () => {
  const path = join(tempFolder(), 'errors.log');
  const beats = new Beats({ path, mayBeMissing: true });
  expect((await beats.look()).drafts).toEqual([]);
  writeFileSync(path, 'ERROR the very first\n');
  expect((await beats.look()).titles).toHaveLength(1);
  expect((await beats.look()).titles).toEqual([]);
});

describe('a file that is not what it should be', () => {
  test('is unknown: not there, a folder, a pipe', async () => {
    const folder = tempFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const codeAt = async (path: string) => codeIn((await new Beats({ path }).look()).observations);
    expect(await codeAt(join(folder, 'none.log'))).toBe('ENOENT');
    expect(await codeAt(folder)).toBe('NOT_A_FILE');
    expect(await codeAt(join(folder, 'pipe'))).toBe('NOT_A_FILE');
    expect(await codeAt(join(folder, 'pipe/x'))).toBe('ENOTDIR');
  });

  test('is sparse and of 50 GB: its last part is read, and what was not is said', async () => {
    const path = logFile('old\n');
    const beats = new Beats({ path });
    await beats.look();
    truncateSync(path, 50 * 1024 ** 3);
    const holes = await beats.look();
    expect(codeIn(holes.observations)).toBe('LOG_TOO_MUCH');
    appendFileSync(path, 'ERROR behind the hole\n');
    const { drafts, lines } = await beats.look();
    expect(drafts[0]?.evidence).toContainEqual(
      expect.objectContaining({ label: 'line', value: 'ERROR behind the hole' }),
    );
    expect(lines).toMatchObject({ lines: 1, bytesSkipped: 0 });
  });

  test('holds one line of 1 GB: no more than its part is read, and memory holds', async () => {
    const path = logFile('old\n');
    const beats = new Beats({ path });
    await beats.look();
    truncateSync(path, 1024 ** 3);
    appendFileSync(path, `${'x'.repeat(3_000_000)}ERROR at the end of it\nERROR in the next\n`);
    const { lines, titles } = await beats.look();
    expect(titles[0]).toContain('once');
    expect(lines).toMatchObject({ lines: 1, bytesRead: 8 * 1024 * 1024 });
  });

  test('holds bytes that are no text', async () => {
    const path = logFile();
    const beats = new Beats({ path });
    await beats.look();
    appendFileSync(path, Buffer.from([0xff, 0xfe, 0x00, 0x45, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x0a]));
    appendFileSync(path, Buffer.concat([Buffer.from('\u001B[31mERROR\u202E '), Buffer.from([0xc3, 0x28, 0x0a])]));
    const { drafts } = await beats.look();
    expect(drafts).toHaveLength(1);
    expect(JSON.stringify(drafts)).not.toMatch(/[\u001B\u202E]/);
  });

  test('came with more than is read: the last part is looked through, and hides nothing when a pattern came', async () => {
    const path = logFile();
    const beats = new Beats({ path, atMost: '64 KiB' });
    await beats.look();
    appendFileSync(path, `ERROR early\n${'all is well\n'.repeat(20_000)}`);
    const cut = await beats.look();
    expect(codeIn(cut.observations)).toBe('LOG_TOO_MUCH');
    appendFileSync(path, `${'all is well\n'.repeat(20_000)}ERROR late\n`);
    const { drafts } = await beats.look();
    expect(drafts[0]?.evidence).toContainEqual(
      expect.objectContaining({ label: 'not read, as it was too much', value: expect.stringContaining('KiB') }),
    );
    expect((await beats.look()).lines).toMatchObject({ lines: 0 });
  });
});

describe('a line that has no end yet', () => {
  test('is read once it has, whole', async () => {
    const path = logFile('old\nERR');
    const soon = new Date(Date.now() + 10 * 365 * 86_400_000);
    utimesSync(path, soon, soon);
    const beats = new Beats({ path });
    await beats.look();
    appendFileSync(path, 'OR in two pieces\nERROR unfinished');
    utimesSync(path, soon, soon);
    expect((await beats.look()).lines).toMatchObject({ lines: 1, patterns: [{ last: ['ERROR in two pieces'] }] });
    expect((await beats.look()).titles).toEqual([]);
  });

  test('counts once nothing is added any more: the last words of a program', async () => {
    const path = logFile();
    const beats = new Beats({ path });
    await beats.look();
    appendFileSync(path, 'ERROR and gone');
    expect((await beats.look()).titles).toHaveLength(1);
    expect((await beats.look()).titles).toEqual([]);
  });
});

test('two entries of one runbook that look at the same file do not disturb each other', async () => {
  const path = logFile();
  const samples: Sample[] = [];
  let now = Date.now();
  const beat = async (...patterns: string[]): Promise<number> => {
    now += 1;
    const history = { samples, open: new Map(), now };
    const { observations, drafts } = await look(check, hostReader(), { path, patterns }, { history, now });
    for (const one of observations) {
      const values = one.status === 'seen' ? (check.sample?.(one) ?? null) : null;
      if (values !== null) samples.unshift({ at: now, values });
    }
    return drafts.length;
  };
  await beat('A');
  await beat('B');
  appendFileSync(path, 'A\n');
  expect(await beat('B')).toBe(0);
  expect(await beat('A')).toBe(1);
});

test('a secret in a line is redacted, also where the line is cut', async () => {
  const path = logFile();
  const beats = new Beats({ path });
  await beats.look();
  const token = ['ghp', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'].join('_');
  appendFileSync(path, `ERROR token=${token}\nERROR ${'x '.repeat(140)}${token}\n`);
  const { drafts } = await beats.look();
  const kept = JSON.stringify(drafts.map((draft) => redactDraft(redactor, draft)));
  expect(kept).toContain('ERROR');
  for (let length = 12; length <= token.length; length += 1) expect(kept).not.toContain(token.slice(0, length));
});

test('a line is shown up to the end of a word', () => {
  expect(excerptOf('short')).toBe('short');
  expect(excerptOf('word '.repeat(100))).toMatch(/^(?:word )+…$/);
  expect(excerptOf('x'.repeat(400))).toBe('(400 characters without a space, not shown)');
});

test.each([
  [{ path: 'relative.log' }, 'path'],
  [{ patterns: ['***'] }, 'patterns'],
  [{ patterns: [] }, 'patterns'],
  [{ patterns: ['a', 'a'] }, 'patterns'],
  [{ patterns: [{ match: 'a', regex: 'b' }] }, 'patterns'],
  [{ atMost: '1 GiB' }, 'atMost'],
])('%j is refused', (edit, key) => {
  const parsed = check.params.safeParse({ path: '/var/log/app.log', patterns: ['a'], ...edit });
  expect(parsed.success ? [] : parsed.error.issues.map((issue) => issue.path[0])).toContain(key);
});
