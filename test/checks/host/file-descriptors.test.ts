import { expect, test } from 'vitest';
import { check } from '../../../src/checks/host/file-descriptors.ts';
import { seen, unknown } from '../../../src/domain/failure.ts';
import type { Descriptors } from '../../../src/providers/host/reader.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';

function files(edit: Partial<Descriptors>) {
  const value: Descriptors = {
    machine: seen({ source: '/proc/sys/fs/file-nr', open: 1_000, limit: 100_000 }),
    processes: [],
    hidden: null,
    ...edit,
  };
  return look(check, { ...hostReader(), descriptors: async () => seen(value) }, {});
}

test('of several processes of one name the nearest to its limit counts', async () => {
  const { observations, drafts } = await files({
    processes: [
      { pid: 1, program: 'web', limit: 1_024, slots: 1_024, open: 600 },
      { pid: 2, program: 'web', limit: 1_024, slots: 1_024, open: 1_000 },
      { pid: 3, program: 'web', limit: 65_536, slots: 32_768, open: 30_000 },
    ],
  });
  expect(observations.map(({ resource }) => resource)).toEqual([
    'host:test/open-files/machine',
    'host:test/open-files/process/web',
  ]);
  expect(drafts).toMatchObject([{ severity: 'high', title: expect.stringContaining('web has 1000 of 1024 files') }]);
});

test('a program whose count is not told is unknown, but only when it may be near', async () => {
  const { observations } = await files({
    processes: [
      { pid: 1, program: 'near', limit: 1_024, slots: 1_024, open: null },
      { pid: 2, program: 'far', limit: 1_024, slots: 512, open: null },
    ],
  });
  expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
    { resource: 'host:test/open-files/process/near', failure: { code: 'COUNT_HIDDEN' } },
  ]);
});

test('hidden processes are unknown, and those that are seen are judged all the same', async () => {
  const { observations, drafts } = await files({
    processes: [{ pid: 7, program: 'mine\u001b[2J', limit: 100, slots: 128, open: 90 }],
    hidden: '/proc hides them.',
  });
  expect(drafts).toMatchObject([{ severity: 'medium', title: expect.stringContaining('mine\\u{1b}[2J has 90') }]);
  expect(observations.at(-1)).toMatchObject({
    status: 'unknown',
    resource: 'host:test/open-files/process/*',
    failure: { code: 'PROCESSES_HIDDEN', message: '/proc hides them.' },
  });
});

test('a machine that does not tell of itself hides nothing else', async () => {
  const { observations } = await files({
    machine: unknown('FILE_NR_UNREADABLE', 'no'),
    processes: [{ pid: 7, program: 'web', limit: 100, slots: 128, open: 1 }],
  });
  expect(observations).toMatchObject([
    { status: 'unknown', resource: 'host:test/open-files/machine' },
    { status: 'seen', resource: 'host:test/open-files/process/web' },
  ]);
});

test('without /proc all is unknown', async () => {
  const { observations } = await look(check, hostReader({ procRoot: '/nope' }), {});
  expect(observations).toMatchObject([{ status: 'unknown', resource: 'host:test/open-files/*' }]);
});
