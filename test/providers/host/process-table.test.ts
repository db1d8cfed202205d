import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseStat, readProcessTable } from '../../../src/providers/host/process-table.ts';
import { tree } from '../../support/tree.ts';

const never = new AbortController().signal;

/** A line of proc_pid_stat(5). */
function stat(pid: number, name: string, state: string, parent: number, edit: { flags?: number; start?: number } = {}) {
  const { flags = 4_194_304, start = 1_000 + pid } = edit;
  const rest = Array.from({ length: 30 }, () => '0').join(' ');
  return `${pid} (${name}) ${state} ${parent} 1 1 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 1 0 ${start} ${rest}\n`;
}

const status = (voluntary: number, other: number) =>
  `Name:\tx\nvoluntary_ctxt_switches:\t${voluntary}\nnonvoluntary_ctxt_switches:\t${other}\n`;

test('zombies and processes that wait are told with their parents, threads of the kernel are not', async () => {
  using proc = tree({
    '1/stat': stat(1, 'init', 'S', 0),
    '20/stat': stat(20, 'worker', 'S', 1),
    '21/stat': stat(21, 'curl', 'Z', 20),
    '30/stat': stat(30, 'nfs client', 'D', 1),
    '30/status': status(40, 2),
    '40/stat': stat(40, 'kworker/0:1', 'D', 2, { flags: 0x00200040 }),
    version: 'Linux',
    'self/stat': stat(20, 'worker', 'S', 1),
  });
  expect(await readProcessTable('linux', proc.path, never)).toEqual({
    status: 'seen',
    value: {
      source: `${proc.path}/<pid>/stat`,
      stranded: [
        {
          pid: 21,
          start: '1021',
          program: 'curl',
          parent: 20,
          parentProgram: 'worker',
          state: 'zombie',
          switches: null,
        },
        {
          pid: 30,
          start: '1030',
          program: 'nfs client',
          parent: 1,
          parentProgram: 'init',
          state: 'waiting',
          switches: 42,
        },
      ],
      processes: 5,
      hidden: null,
    },
  });
});

test('a name may hold brackets, newlines and what looks like another line', () => {
  expect(parseStat(stat(7, 'a) Z 1 (b\n8 (c', 'S', 3))).toMatchObject({
    pid: 7,
    program: 'a) Z 1 (b\n8 (c',
    state: 'S',
    parent: 3,
  });
});

test.each(['', 'garbage', '1 (a', '1 (a) ', 'x (a) S 1', '1 (a) S 1 1', ') ('])(
  '"%s" is no line of a process',
  (text) => expect(parseStat(text)).toBeNull(),
);

test('a process that ended between listing and reading is not there', async () => {
  using proc = tree({ '1/stat': stat(1, 'init', 'S', 0), '9/other': 'x' });
  expect(await readProcessTable('linux', proc.path, never)).toMatchObject({ value: { processes: 1, hidden: null } });
});

test('without the count of switches a process that waits is told without it', async () => {
  using proc = tree({ '1/stat': stat(1, 'init', 'D', 0), '1/status': 'Name:\tinit\nvoluntary_ctxt_switches:\t4\n' });
  expect(await readProcessTable('linux', proc.path, never)).toMatchObject({
    value: { stranded: [{ switches: null }] },
  });
});

test('where process 1 is not to be seen, others are hidden too', async () => {
  using proc = tree({ '9/stat': stat(9, 'mine', 'S', 1) });
  expect(await readProcessTable('linux', proc.path, never)).toMatchObject({
    value: { processes: 1, hidden: expect.stringContaining('hidepid') },
  });
});

test.skipIf(process.getuid?.() === 0)('what may not be read is counted as hidden', async () => {
  using proc = tree({ '1/stat': stat(1, 'init', 'S', 0), '2/stat': stat(2, 'x', 'S', 0) });
  chmodSync(join(proc.path, '2/stat'), 0);
  expect(await readProcessTable('linux', proc.path, never)).toMatchObject({
    value: { hidden: expect.stringContaining('1 processes of other users') },
  });
});

test('no /proc, and no Linux, is unknown', async () => {
  expect(await readProcessTable('linux', '/nope', never)).toMatchObject({ failure: { code: 'PROC_UNREADABLE' } });
  expect(await readProcessTable('darwin', '/proc', never)).toMatchObject({ failure: { code: 'LINUX_ONLY' } });
});

test.skipIf(process.platform !== 'linux')('a real zombie is found under its parent', async () => {
  // Becomes another program that never takes notice of the child that it has.
  const parent = spawn('bash', ['-c', 'sleep 0.01 & exec -a keeper sleep 60'], { stdio: 'ignore' });
  onTestFinished(() => void parent.kill('SIGKILL'));
  await expect
    .poll(async () => readProcessTable('linux', '/proc', never), { timeout: 10_000 })
    .toMatchObject({
      value: {
        stranded: expect.arrayContaining([
          expect.objectContaining({ program: 'sleep', parent: parent.pid, parentProgram: 'sleep', state: 'zombie' }),
        ]),
      },
    });
});
