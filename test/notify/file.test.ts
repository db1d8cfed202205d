import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileNotifier } from '../../src/notify/file.ts';
import { HOSTILE, never } from '../support/notify/deps.ts';
import { aNotification } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

function open(path = join(tempFolder(), 'alerts.log'), maxBytes = 5_000_000) {
  return { path, notifier: fileNotifier({ home: '/nowhere' }, { path, maxBytes }) };
}

function lines(path: string): readonly Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the file', () => {
  it('gets a line of JSON for each notification, for its owner only', async () => {
    const { path, notifier } = open();
    await notifier.send(aNotification(), never);
    await notifier.send(aNotification({ id: 'n-000000000002' }), never);
    expect(lines(path)).toEqual([
      {
        schema: 'holdfast/notification/v1',
        id: 'n-0123456789AB',
        at: '1970-01-01T00:00:01.000Z',
        kind: 'findings',
        runbook: 'heartbeat',
        run: 'r-0123456789AB',
        severity: 'high',
        title: 'heartbeat: 1 new',
        lines: [{ finding: 'f-0123456789AB', severity: 'high', news: 'new', text: '/data is 91 % full' }],
        more: 0,
      },
      expect.objectContaining({ id: 'n-000000000002' }),
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('makes the folders on the way, and reads ~/ as the home', async () => {
    const home = tempFolder();
    await fileNotifier({ home }, { path: '~/holdfast/deep/alerts.log', maxBytes: 10_000 }).send(aNotification(), never);
    expect(lines(join(home, 'holdfast/deep/alerts.log'))).toHaveLength(1);
    expect(statSync(join(home, 'holdfast')).mode & 0o777).toBe(0o700);
  });

  it('keeps hostile words in their line', async () => {
    const { path, notifier } = open();
    for (const text of HOSTILE) await notifier.send(aNotification({ title: redactor.text(text) }), never);
    expect(lines(path)).toHaveLength(HOSTILE.length);
    expect(readFileSync(path, 'utf8')).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u{202e}]/u);
  });

  it('is turned over by its size, and two old ones are kept', async () => {
    const { path, notifier } = open(undefined, 600);
    for (let index = 0; index < 12; index += 1) await notifier.send(aNotification(), never);
    expect(readdirSync(join(path, '..')).toSorted()).toEqual(['alerts.log', 'alerts.log.1', 'alerts.log.2']);
    for (const old of ['', '.1', '.2']) {
      expect(statSync(path + old).size).toBeLessThanOrEqual(600);
      expect(lines(path + old).length).toBeGreaterThan(0);
    }
  });

  it('takes a line that is larger than a file may be', async () => {
    const { path, notifier } = open(undefined, 100);
    await notifier.send(aNotification(), never);
    await notifier.send(aNotification(), never);
    expect([lines(path), lines(`${path}.1`)].map(({ length }) => length)).toEqual([1, 1]);
  });

  it('is not written through a symbolic link', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'precious'), 'precious');
    symlinkSync(join(folder, 'precious'), join(folder, 'alerts.log'));
    await expect(open(join(folder, 'alerts.log')).notifier.send(aNotification(), never)).rejects.toThrow(
      'it is a symbolic link',
    );
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('precious');
  });

  it('is neither a folder nor a pipe', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'folder'));
    await expect(open(join(folder, 'folder')).notifier.send(aNotification(), never)).rejects.toThrow('it is a folder');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(open(join(folder, 'pipe')).notifier.send(aNotification(), never)).rejects.toThrow('it is not a file');
  });

  it('is not written after the attempt was stopped', async () => {
    await expect(open().notifier.send(aNotification(), AbortSignal.abort())).rejects.toThrow('was not written');
  });

  it.skipIf(process.getuid?.() !== 0)(
    'says that a disk is full, and leaves no half line (as root: a small disk is mounted)',
    async () => {
      const folder = tempFolder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]);
      onTestFinished(() => void execFileSync('umount', ['-l', folder]));
      const { path, notifier } = open(join(folder, 'alerts.log'));
      let written = 0;
      const fill = async (): Promise<void> => {
        for (; written < 1_000; written += 1) await notifier.send(aNotification(), never);
      };
      await expect(fill()).rejects.toThrow('no room is left');
      expect(lines(path)).toHaveLength(written);
    },
  );
});
