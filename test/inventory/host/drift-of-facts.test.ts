import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Inventory } from '../../../src/domain/baseline.ts';
import { driftOf } from '../../../src/domain/drift.ts';
import { createRedactor } from '../../../src/domain/redaction/redactor.ts';
import { inventoryCatalog } from '../../../src/inventory/catalog.ts';
import { hostReader } from '../../support/host-reader.ts';
import { inventoryContext } from '../../support/inventory.ts';
import { procNet, procProcess, socketLine } from '../../support/proc-net.ts';
import { tree } from '../../support/tree.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g';

/** A small machine, laid out under a folder. */
const MACHINE = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/sh\n',
  'etc/group': 'root:x:0:\nsudo:x:27:ana\n',
  'etc/sudoers': 'root ALL=(ALL) ALL\nana ALL=(ALL) /bin/systemctl\n',
  'etc/app.conf': 'a=1\n',
  'etc/apt/sources.list': 'deb http://deb.debian.org/debian bookworm main\n',
  'etc/crontab': '17 * * * * root run-parts /etc/cron.hourly\n',
  'home/ana/.ssh/authorized_keys': '',
  'usr/bin/su': 'su',
  'proc/self/mountinfo': '27 1 254:0 / / rw - ext4 /dev/sda1 rw\n',
  'proc/sys/kernel/tainted': '0\n',
};
const SSH = socketLine('00000000:0016', { inode: 7 });

function machine() {
  const root = tree({ ...MACHINE });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root.path, path)), { recursive: true });
    writeFileSync(join(root.path, path), text);
  };
  const listening = (lines: readonly string[]): void => {
    for (const [path, text] of Object.entries(procNet({ tcp: lines }))) write(`proc/${path}`, text);
  };
  listening([SSH]);
  procProcess(join(root.path, 'proc'), 70, '/usr/sbin/sshd', [7]);
  procProcess(join(root.path, 'proc'), 80, '/usr/bin/nc', [8]);
  return { root, write, listening, [Symbol.dispose]: () => root[Symbol.dispose]() };
}

/** Everything that the sources of the host see, as a scan puts it together. */
async function scan(root: string): Promise<Inventory> {
  const reader = hostReader({ root, procRoot: join(root, 'proc') });
  const kinds: string[] = [];
  const parts: Pick<Inventory, 'facts' | 'hidden'>[] = [];
  for (const id of inventoryCatalog.ids.filter((known) => known.startsWith('host/'))) {
    const source = await inventoryCatalog.load(id);
    kinds.push(...Object.keys(source.kinds));
    parts.push(await source.read(reader, inventoryContext(['/etc/app.conf'])));
  }
  return { kinds, facts: parts.flatMap(({ facts }) => facts), hidden: parts.flatMap(({ hidden }) => hidden) };
}

async function drifted(before: Inventory, root: string) {
  const { drifted: found, incomparable } = driftOf(before, await scan(root));
  return {
    drifted: found.map(({ direction, kind, name }) => `${direction} ${kind} ${name}`),
    incomparable: incomparable.map(({ resource, failure }) => `${resource} ${failure.code}`),
  };
}

const UNCHANGED = { drifted: [], incomparable: [] };

test('a machine on which nothing changed has not drifted, whatever was touched or started again', async () => {
  using here = machine();
  const before = await scan(here.root.path);
  expect(before.hidden).toEqual([]);
  for (const path of ['etc/app.conf', 'etc/crontab', 'etc/passwd'] as const) here.write(path, MACHINE[path]);
  rmSync(join(here.root.path, 'proc/70'), { recursive: true });
  procProcess(join(here.root.path, 'proc'), 4_711, '/usr/sbin/sshd', [9]);
  here.listening([socketLine('00000000:0016', { inode: 9 })]);
  expect(await drifted(before, here.root.path)).toEqual(UNCHANGED);
});

test('a socket, a key, a timer and a changed file are exactly four', async () => {
  using here = machine();
  const before = await scan(here.root.path);
  here.listening([SSH, socketLine('00000000:1A0A', { inode: 8 })]);
  here.write('home/ana/.ssh/authorized_keys', `${KEY} new\n`);
  here.write('etc/systemd/system/new.timer', '[Timer]\nOnCalendar=daily\n');
  here.write('etc/app.conf', 'a=2\n');
  const found = await drifted(before, here.root.path);
  expect(found.incomparable).toEqual([]);
  expect(found.drifted).toEqual([
    expect.stringMatching(/^added authorized-key ana\/SHA256:/),
    'added listener 0.0.0.0:6666/tcp',
    'changed named-file /etc/app.conf',
    'added timer system/new.timer',
  ]);
});

test('a right that was widened is one change, with before and after, and no secret to whoever looks for them', async () => {
  using here = machine();
  const before = await scan(here.root.path);
  here.write('etc/sudoers', 'root ALL=(ALL) ALL\nana ALL=(ALL) NOPASSWD: ALL\n');
  const { drifted: found } = driftOf(before, await scan(here.root.path));
  expect(createRedactor({ key: new Uint8Array(32) }).data(found)).toMatchObject([
    {
      direction: 'changed',
      kind: 'sudo-rule',
      name: 'ana',
      before: { rules: ['ALL=(ALL) /bin/systemctl'] },
      after: { rules: ['ALL=(ALL) [no password asked] ALL'] },
    },
  ]);
});

test('a program that takes over a port, a bit that is set and a user who gets rights are told', async () => {
  using here = machine();
  const before = await scan(here.root.path);
  here.listening([socketLine('00000000:0016', { inode: 8 })]);
  chmodSync(join(here.root.path, 'usr/bin/su'), 0o4755);
  here.write('etc/group', 'root:x:0:\nsudo:x:27:ana,bob\n');
  expect((await drifted(before, here.root.path)).drifted).toEqual([
    'changed listener 0.0.0.0:22/tcp',
    'changed privileged-group sudo',
    'added setuid-file /usr/bin/su',
  ]);
});

test('a part that can no longer be read is not comparable, and neither gone nor changed', async () => {
  using here = machine();
  const before = await scan(here.root.path);
  for (const path of ['etc/sudoers', 'etc/crontab', 'home/ana/.ssh/authorized_keys', 'etc/app.conf']) {
    rmSync(join(here.root.path, path));
    symlinkSync(path.slice(path.lastIndexOf('/') + 1), join(here.root.path, path));
  }
  rmSync(join(here.root.path, 'proc/70'), { recursive: true });
  rmSync(join(here.root.path, 'proc/80'), { recursive: true });
  expect(await drifted(before, here.root.path)).toEqual({
    drifted: [],
    incomparable: [
      'host:test/authorized-key/ana/* ELOOP',
      'host:test/cron-job//etc/crontab/* ELOOP',
      'host:test/listener/0.0.0.0:22/tcp PROGRAM_HIDDEN',
      'host:test/named-file//etc/app.conf ELOOP',
      'host:test/sudo-rule/* ELOOP',
    ],
  });
});
