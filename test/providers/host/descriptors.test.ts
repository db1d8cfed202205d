import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseFileNr, readDescriptors } from '../../../src/providers/host/descriptors.ts';
import { tree, type Tree } from '../../support/tree.ts';

const never = new AbortController().signal;
const status = (name: string, slots: number) => `Name:\t${name}\nUmask:\t0022\nFDSize:\t${slots}\n`;
const limits = (soft: number | 'unlimited') =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft}                 1048576              files     \nMax locked memory         8388608              8388608              bytes     \n`;

function proc(processes: Readonly<Record<number, { name: string; slots: number; limit: number | 'unlimited' }>>): Tree {
  return tree({
    'sys/fs/file-nr': '1280\t0\t2466177\n',
    ...Object.fromEntries(
      Object.entries(processes).flatMap(([pid, { name, slots, limit }]) => [
        [`${pid}/status`, status(name, slots)],
        [`${pid}/limits`, limits(limit)],
      ]),
    ),
  });
}

test('the machine, and the processes that may be near their limit', async () => {
  using root = proc({
    1: { name: 'init', slots: 128, limit: 1024 },
    7: { name: 'web\\ndb', slots: 512, limit: 1024 },
    8: { name: 'endless', slots: 4096, limit: 'unlimited' },
  });
  mkdirSync(join(root.path, '7/fd'));
  for (const fd of [0, 1, 2]) writeFileSync(join(root.path, '7/fd', String(fd)), '');
  const looked = await readDescriptors('linux', root.path, never);
  expect(looked).toMatchObject({
    status: 'seen',
    value: {
      machine: { status: 'seen', value: { source: `${root.path}/sys/fs/file-nr`, open: 1280, limit: 2466177 } },
      processes: [{ pid: 7, program: 'web\\ndb', limit: 1024, slots: 512, open: expect.any(Number) }],
      hidden: null,
    },
  });
});

test('a count that is not told is null, not nought', async () => {
  using root = proc({ 1: { name: 'init', slots: 1024, limit: 1024 } });
  expect(await readDescriptors('linux', root.path, never)).toMatchObject({
    value: { processes: [{ program: 'init', open: null }] },
  });
});

test('garbage of a process is a process with few', async () => {
  using root = tree({ '1/status': '\0\0', '1/limits': 'Max open files', 'sys/fs/file-nr': 'x' });
  expect(await readDescriptors('linux', root.path, never)).toMatchObject({
    status: 'seen',
    value: { machine: { status: 'unknown', failure: { code: 'FILE_NR_UNREADABLE' } }, processes: [], hidden: null },
  });
});

test('a process that ended meanwhile is gone; where the first is not seen others are hidden', async () => {
  using root = tree({ '5/status': status('x', 64), 'sys/fs/file-nr': '1 0 2\n' });
  expect(await readDescriptors('linux', root.path, never)).toMatchObject({
    value: { processes: [], hidden: expect.stringContaining('hidepid') },
  });
});

test.each([null, '', '1 2', 'a\tb\tc', '1\t2\t3\t4'])('file-nr of %j tells nothing', (text) => {
  expect(parseFileNr('/proc/sys/fs/file-nr', text)).toMatchObject({ failure: { code: 'FILE_NR_UNREADABLE' } });
});

test('free handles, as old kernels keep them, are not open', () => {
  expect(parseFileNr('x', '100\t40\t1000\n')).toMatchObject({ value: { open: 60 } });
});

test('without /proc, and without Linux, it is unknown', async () => {
  expect(await readDescriptors('linux', '/nope', never)).toMatchObject({ failure: { code: 'PROC_UNREADABLE' } });
  expect(await readDescriptors('win32', '/proc', never)).toMatchObject({ failure: { code: 'LINUX_ONLY' } });
});

test.skipIf(process.platform !== 'linux')(
  'a real process near its own limit is found, with its real count',
  async () => {
    const child = spawn(
      'bash',
      ['-c', 'ulimit -n 40; for i in {10..39}; do eval "exec $i</dev/null"; done; echo; read'],
      {
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const looked = await readDescriptors('linux', '/proc', never);
    const own = looked.status === 'seen' ? looked.value.processes.find(({ pid }) => pid === child.pid) : null;
    expect(own).toMatchObject({ program: 'bash', limit: 40 });
    // Standard input, output and errors beside the thirty, and what bash keeps for itself.
    expect(own?.open).toBeGreaterThanOrEqual(33);
    expect(own?.open).toBeLessThanOrEqual(40);
  },
);
