import os from 'node:os';
import { expect, test } from 'vitest';
import { readLoad } from '../../../src/providers/host/load.ts';
import { tree } from '../../support/tree.ts';

test('on Linux the load is read, and divided by nothing yet', async () => {
  using root = tree({ 'proc/loadavg': '3.50 2.25 1.00 2/86 3821\n' });
  const load = await readLoad({ platform: 'linux', procRoot: `${root.path}/proc`, cgroupRoot: '/nope' });
  expect(load).toMatchObject({
    status: 'seen',
    value: { load1: 3.5, load5: 2.25, load15: 1, cpus: os.cpus().length, cpuPressure: null, ioPressure: null },
  });
});

test('in a container the machine keeps its CPUs and we have fewer', async () => {
  using root = tree({
    'proc/loadavg': '3.50 2.25 1.00 2/86 3821\n',
    'proc/self/cgroup': '0::/\n',
    'cgroup/memory.max': 'max\n',
    'cgroup/cpu.max': '50000 100000\n',
  });
  const load = await readLoad({ platform: 'linux', procRoot: `${root.path}/proc`, cgroupRoot: `${root.path}/cgroup` });
  expect(load).toMatchObject({ value: { cpus: os.cpus().length, usableCpus: 0.5 } });
});

test('an unreadable load is unknown', async () => {
  expect(await readLoad({ platform: 'linux', procRoot: '/nope', cgroupRoot: '/nope' })).toMatchObject({
    status: 'unknown',
    failure: { code: 'LOADAVG_UNREADABLE' },
  });
});

test('on Windows there is none, and nought is not made up for it', async () => {
  expect(await readLoad({ platform: 'win32', procRoot: '/nope', cgroupRoot: '/nope' })).toMatchObject({
    status: 'unknown',
    failure: { code: 'NO_LOAD_AVERAGE' },
  });
});

test.skipIf(process.platform === 'win32')('on other systems Node is asked', async () => {
  expect(await readLoad({ platform: 'darwin', procRoot: '/nope', cgroupRoot: '/nope' })).toMatchObject({
    status: 'seen',
    value: { source: 'os.loadavg' },
  });
});
