import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isNewerKernel, readReboot } from '../../../src/providers/host/reboot.ts';
import { tree } from '../../support/tree.ts';

const PROC = {
  'proc/sys/kernel/osrelease': '6.8.0-40-generic\n',
  'proc/sys/kernel/random/boot_id': 'b1\n',
  // 2001: all that the test writes is newer.
  'proc/stat': 'cpu  1 2 3\nbtime 1000000000\nprocesses 5\n',
};

async function reboot(files: Readonly<Record<string, string>>, platform: NodeJS.Platform = 'linux') {
  using root = tree(files);
  return { looked: await readReboot({ platform, procRoot: `${root.path}/proc`, root: root.path }), root: root.path };
}

test('nothing waits on a machine without flags and with the newest kernel', async () => {
  const { looked } = await reboot({
    ...PROC,
    'boot/vmlinuz-6.8.0-40-generic': '',
    'boot/vmlinuz-6.8.0-31-generic': '',
  });
  expect(looked).toEqual({
    status: 'seen',
    value: { boot: 'b1', kernel: '6.8.0-40-generic', flag: null, newerKernel: null },
  });
});

test('the flag of packages, with each package once', async () => {
  using root = tree({
    ...PROC,
    'run/reboot-required': '*** System restart required ***\n',
    'run/reboot-required.pkgs': 'libc6\nlinux-base\nlibc6\n',
  });
  utimesSync(join(root.path, 'run/reboot-required'), 1_700_000_000, 1_700_000_000);
  expect(await readReboot({ platform: 'linux', procRoot: `${root.path}/proc`, root: root.path })).toMatchObject({
    value: {
      flag: { source: `${root.path}/run/reboot-required`, at: 1_700_000_000_000, packages: ['libc6', 'linux-base'] },
    },
  });
});

test('the flag of SUSE names no packages; a list of thousands is cut', async () => {
  expect((await reboot({ ...PROC, 'run/reboot-needed': '' })).looked).toMatchObject({
    value: { flag: { packages: [] } },
  });
  const many = Array.from({ length: 3_000 }, (_, at) => `p${at}\n`).join('');
  const { looked } = await reboot({ ...PROC, 'run/reboot-required': '', 'run/reboot-required.pkgs': many });
  expect(looked.status === 'seen' && looked.value?.flag?.packages).toHaveLength(50);
});

test('the newest kernel of the same kind counts', async () => {
  const { looked } = await reboot({
    ...PROC,
    'boot/vmlinuz-6.8.0-45-generic': '',
    'boot/vmlinuz-6.8.0-100-generic': '',
    'boot/vmlinuz-6.11.0-9-lowlatency': '',
    'boot/vmlinuz-6.8.0-45-generic.old': '',
    'boot/vmlinuz-0-rescue-abc': '',
    'boot/initrd.img-6.9.0-1-generic': '',
  });
  expect(looked).toMatchObject({ value: { newerKernel: { release: '6.8.0-100-generic' } } });
});

test('a newer kernel that was there before the start was passed over by somebody: no news', async () => {
  const { looked } = await reboot({
    ...PROC,
    'proc/stat': 'btime 99999999999\n',
    'boot/vmlinuz-6.8.0-45-generic': '',
  });
  expect(looked).toMatchObject({ value: { newerKernel: null } });
});

test.each(['.dockerenv', 'run/.containerenv', 'run/systemd/container'])(
  'a container, by %s, has nothing to look at',
  async (mark) => {
    const { looked } = await reboot({ ...PROC, [mark]: '', 'run/reboot-required': '' });
    expect(looked).toEqual({ status: 'seen', value: null });
  },
);

test('a kernel that does not tell of itself, and another system, are unknown', async () => {
  expect((await reboot({})).looked).toMatchObject({ failure: { code: 'PROC_UNREADABLE' } });
  expect((await reboot({ ...PROC, 'proc/stat': 'cpu 1\n' })).looked).toMatchObject({
    failure: { code: 'PROC_UNREADABLE' },
  });
  expect((await reboot(PROC, 'darwin')).looked).toMatchObject({ failure: { code: 'LINUX_ONLY' } });
});

test.each([
  ['6.1.0-26-amd64', '6.1.0-25-amd64', true],
  ['6.1.0-25-amd64', '6.1.0-25-amd64', false],
  ['6.1.0-9-amd64', '6.1.0-25-amd64', false],
  ['6.1.0-26-cloud-amd64', '6.1.0-25-amd64', false],
  ['6.9.4-200.fc40.x86_64', '6.8.11-300.fc40.x86_64', true],
  ['6.9.4-200.fc41.x86_64', '6.8.11-300.fc40.x86_64', true],
  ['5.14.0-427.13.1.el9_4.x86_64', '5.14.0-362.el9.x86_64', true],
  ['6.4.0-150600.23.7-default', '6.4.0-150600.21-default', true],
  ['linux', '6.1.0-25-amd64', false],
  ['linux-lts', 'linux', false],
  ['', '', false],
])('%j is newer than %j: %j', (release, running, isNewer) => {
  expect(isNewerKernel(release, running)).toBe(isNewer);
});
