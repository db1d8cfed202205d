import { expect, test } from 'vitest';
import { readOomKills } from '../../../src/providers/host/oom-kills.ts';
import { tree } from '../../support/tree.ts';

const never = new AbortController().signal;
const BOOT = { 'proc/sys/kernel/random/boot_id': '224fc348-5d75-425e-994d-ba314f4a4da1\n' };
const places = (path: string) => ({
  platform: 'linux' as const,
  procRoot: `${path}/proc`,
  cgroupRoot: `${path}/cgroup`,
});

test('on a machine the kernel counts, and the groups say where', async () => {
  using root = tree({
    ...BOOT,
    'proc/vmstat': 'nr_free_pages 9\noom_kill_x 5\noom_kill 3\ndrop_pagecache 0\n',
    'proc/self/cgroup': '0::/user.slice\n',
    'cgroup/system.slice/memory.events.local': 'oom 0\noom_kill 0\n',
    'cgroup/system.slice/api.service/memory.events.local': 'oom 4\noom_kill 2\noom_group_kill 0\n',
    'cgroup/system.slice/db.service/memory.events.local': 'broken',
  });
  expect(await readOomKills(places(root.path), never)).toEqual({
    status: 'seen',
    value: {
      source: `${root.path}/proc/vmstat`,
      epoch: '224fc348-5d75-425e-994d-ba314f4a4da1',
      kills: 3,
      groups: { '/system.slice/api.service': 2 },
    },
  });
});

test('in a container its own count counts, and its own start begins it anew', async () => {
  const container = {
    ...BOOT,
    'proc/vmstat': 'oom_kill 300\n',
    'proc/self/cgroup': '0::/\n',
    'cgroup/memory.max': '1000000\n',
    'cgroup/memory.events': 'low 0\noom_kill 1\n',
  };
  using first = tree(container);
  using second = tree(container);
  const [one, other] = [await readOomKills(places(first.path), never), await readOomKills(places(second.path), never)];
  expect(one).toMatchObject({ value: { source: `${first.path}/cgroup/memory.events`, kills: 1 } });
  expect(one.status === 'seen' && other.status === 'seen' && one.value.epoch === other.value.epoch).toBe(false);
});

test('a kernel that does not count, or hides its start, is unknown', async () => {
  using old = tree({ ...BOOT, 'proc/vmstat': 'nr_free_pages 9\n' });
  using hidden = tree({ 'proc/vmstat': 'oom_kill 1\n' });
  expect(await readOomKills(places(old.path), never)).toMatchObject({ failure: { code: 'OOM_COUNT_UNREADABLE' } });
  expect(await readOomKills(places(hidden.path), never)).toMatchObject({ failure: { code: 'BOOT_ID_UNREADABLE' } });
  expect(await readOomKills({ ...places(old.path), platform: 'darwin' }, never)).toMatchObject({
    failure: { code: 'LINUX_ONLY' },
  });
});

test('of many groups the fifty with the most killed are named', async () => {
  const groups = Object.fromEntries(
    Array.from({ length: 120 }, (_, at) => [`cgroup/g${at}/memory.events.local`, `oom_kill ${at + 1}\n`]),
  );
  using root = tree({ ...BOOT, ...groups, 'proc/vmstat': 'oom_kill 9\n' });
  const looked = await readOomKills(places(root.path), never);
  const named = looked.status === 'seen' ? Object.values(looked.value.groups) : [];
  expect(named).toHaveLength(50);
  expect(named).toEqual(Array.from({ length: 50 }, (_, at) => 120 - at));
});

test('an abort is an abort', async () => {
  using root = tree({ ...BOOT, 'proc/vmstat': 'oom_kill 9\n' });
  await expect(readOomKills(places(root.path), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
