import { describe, expect, test } from 'vitest';
import { parseMeminfo, parseVmStat, readMemory } from '../../../src/providers/host/memory.ts';
import { tree } from '../../support/tree.ts';

const signal = new AbortController().signal;
const MEMINFO =
  'MemTotal:        2000 kB\nMemFree:          100 kB\nMemAvailable:     500 kB\nBuffers:           10 kB\nCached:           300 kB\nSwapTotal:       1000 kB\nSwapFree:         250 kB\n';
const PSI = 'some avg10=1.00 avg60=2.50 avg300=3.25 total=1\nfull avg10=0.10 avg60=0.20 avg300=0.30 total=1\n';

function placesOf(files: Record<string, string>) {
  const root = tree(files);
  return {
    places: { platform: 'linux' as const, procRoot: `${root.path}/proc`, cgroupRoot: `${root.path}/cgroup` },
    [Symbol.dispose]: () => root[Symbol.dispose](),
  };
}

test.skipIf(process.platform !== 'linux')('the real machine has memory', async () => {
  const memory = await readMemory({ platform: 'linux', procRoot: '/proc', cgroupRoot: '/sys/fs/cgroup' }, signal);
  if (memory.status !== 'seen') throw new Error(memory.failure.message);
  expect(memory.value.availableBytes).toBeGreaterThan(0);
  expect(memory.value.availableBytes).toBeLessThanOrEqual(memory.value.totalBytes);
});

describe('on Linux', () => {
  test('memory, swap and pressure are read from the tree', async () => {
    using root = placesOf({ 'proc/meminfo': MEMINFO, 'proc/pressure/memory': PSI });
    expect(await readMemory(root.places, signal)).toMatchObject({
      status: 'seen',
      value: {
        totalBytes: 2_000 * 1_024,
        availableBytes: 500 * 1_024,
        swap: { totalBytes: 1_024_000, freeBytes: 256_000 },
        container: null,
        pressure: { some: { avg10: 1, avg60: 2.5, avg300: 3.25 }, full: { avg300: 0.3 } },
      },
    });
  });

  test('a kernel without MemAvailable is reckoned as free did', () => {
    expect(parseMeminfo(MEMINFO.replace(/^MemAvailable.*\n/m, ''))?.availableBytes).toBe(410 * 1_024);
  });

  test('without pressure information the rest is seen all the same', async () => {
    using root = placesOf({ 'proc/meminfo': MEMINFO });
    expect(await readMemory(root.places, signal)).toMatchObject({ status: 'seen', value: { pressure: null } });
  });

  test.each([{}, { 'proc/meminfo': 'MemTotal: lots\n' }])('without figures it is unknown', async (files) => {
    using root = placesOf(files);
    expect(await readMemory(root.places, signal)).toMatchObject({
      status: 'unknown',
      failure: { code: 'MEMINFO_UNREADABLE' },
    });
  });

  test('in a container its limits are read, with file cache taken off, and its own pressure', async () => {
    using root = placesOf({
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '0::/\n',
      'proc/pressure/memory': PSI,
      'cgroup/memory.max': '1000000\n',
      'cgroup/memory.current': '900000\n',
      'cgroup/memory.stat': 'anon 1\ninactive_file 300000\n',
      'cgroup/cpu.max': '150000 100000\n',
      'cgroup/memory.pressure': PSI.replace('3.25', '9.75'),
    });
    expect(await readMemory(root.places, signal)).toMatchObject({
      value: {
        container: { memoryLimitBytes: 1_000_000, memoryUsedBytes: 600_000, cpuLimit: 1.5 },
        pressure: { some: { avg300: 9.75 } },
      },
    });
  });

  test('a container without a limit is one all the same', async () => {
    using root = placesOf({
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '0::/\n',
      'cgroup/memory.max': 'max\n',
      'cgroup/cpu.max': 'max 100000\n',
    });
    expect(await readMemory(root.places, signal)).toMatchObject({
      value: { container: { memoryLimitBytes: null, memoryUsedBytes: null, cpuLimit: null } },
    });
  });

  test('the limit of our own service on a machine is none of the machine', async () => {
    using root = placesOf({
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '0::/system.slice/holdfast.service\n',
      'cgroup/memory.max': '1000\n',
    });
    expect(await readMemory(root.places, signal)).toMatchObject({ value: { container: null } });
  });
});

test('of vm_stat the free, speculative and inactive pages count', () => {
  const text =
    'Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:                               10.\nPages active:                            500.\nPages inactive:                           20.\nPages speculative:                         5.\nPages wired down:                        100.\n';
  expect(parseVmStat(text)).toBe(35 * 16_384);
  expect(parseVmStat('something else')).toBeNull();
});

test('on Windows the system tells what is available', async () => {
  const memory = await readMemory({ platform: 'win32', procRoot: '/nope', cgroupRoot: '/nope' }, signal);
  expect(memory).toMatchObject({ status: 'seen', value: { source: 'os.freemem', swap: null, pressure: null } });
});
