import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSimulation, readSecurityUpdates } from '../../../src/providers/host/security-updates.ts';
import { standInPrograms, type StandIn } from '../../support/stand-in-programs.ts';
import { tempFolder } from '../../support/temp.ts';

const SIMULATION = `Reading package lists...
Calculating upgrade...
The following packages will be upgraded:
  bash curl libssl3
Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64])
Inst curl [7.88.1-10] (7.88.1-10+deb12u8 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64]) []
Inst libssl3 [3.0.2-0ubuntu1.1] (3.0.2-0ubuntu1.2 Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security [amd64])
Inst linux-image-6.1.0-26-amd64 (6.1.112-1 Debian-Security:12/stable-security [amd64])
Inst imagemagick [8:6.9] (8:6.9.1 UbuntuESMApps:22.04/jammy-apps-security [amd64])
Inst harmless [1] (2 My security-minded shop:1/stable [all])
Conf curl (7.88.1-10+deb12u8 Debian-Security:12/oldstable-security [amd64])
Remv old [1]
`;

function machine(): string {
  const root = tempFolder();
  mkdirSync(join(root, 'var/lib/apt/lists/partial'), { recursive: true });
  const list = join(root, 'var/lib/apt/lists/deb.example_dists_bookworm_InRelease');
  writeFileSync(list, '');
  utimesSync(list, 1_700_000_000, 1_700_000_000);
  utimesSync(join(root, 'var/lib/apt/lists/partial'), 1_700_000_500, 1_700_000_500);
  return root;
}

async function ask(aptGet: StandIn, root = machine(), signal = new AbortController().signal) {
  const programs = standInPrograms(tempFolder(), { 'apt-get': aptGet });
  return { looked: await readSecurityUpdates({ root, env: programs.env }, signal), calls: programs.calls() };
}

test('what comes from an archive for security is told, with the age of the lists', async () => {
  const { looked, calls } = await ask({ says: SIMULATION });
  expect(looked).toEqual({
    status: 'seen',
    value: {
      source: 'apt-get -s dist-upgrade',
      all: 6,
      listsAt: 1_700_000_500_000,
      updates: [
        { name: 'curl', from: '7.88.1-10', to: '7.88.1-10+deb12u8' },
        { name: 'libssl3', from: '3.0.2-0ubuntu1.1', to: '3.0.2-0ubuntu1.2' },
        { name: 'linux-image-6.1.0-26-amd64', from: null, to: '6.1.112-1' },
        { name: 'imagemagick', from: '8:6.9', to: '8:6.9.1' },
      ],
    },
  });
  expect(calls).toHaveLength(1);
  // Never without -s: it would do it.
  expect(calls[0]).toMatch(/^apt-get -s /);
});

test('thousands of updates are all counted', async () => {
  const says = Array.from(
    { length: 5_000 },
    (_, at) => `Inst package-with-a-long-name-${at} [1.0-1] (1.0-2 Debian-Security:12/oldstable-security [amd64])\n`,
  ).join('');
  const { looked } = await ask({ says });
  expect(looked.status === 'seen' && looked.value?.updates).toHaveLength(5_000);
});

test('a machine that is not of Debian, one whose lists were never loaded, and a container have nothing to look at', async () => {
  const empty = tempFolder();
  const container = machine();
  writeFileSync(join(container, '.dockerenv'), '');
  for (const root of [empty, container]) {
    const { looked, calls } = await ask({ says: SIMULATION }, root);
    expect(looked).toEqual({ status: 'seen', value: null });
    expect(calls).toEqual([]);
  }
});

test('an apt that can not tell is unknown, with its reason', async () => {
  const { looked } = await ask({ exit: 100, errors: 'E: Unmet dependencies.\u001b[2J Try again.\n' });
  expect(looked).toEqual({
    status: 'unknown',
    failure: {
      code: 'APT_FAILED',
      message:
        'apt-get could not tell which updates wait: E: Unmet dependencies.\\u{1b}[2J Try again. Try: apt-get -s dist-upgrade',
    },
  });
});

test('an abort is an abort', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(ask({ sleeps: 60 }, machine(), signal)).rejects.toThrow('enough');
});

test('garbage holds no updates', () => {
  expect(parseSimulation('\0Inst\nInst x\nInst x [1] (2\nInst x [1] ()\n')).toEqual({ updates: [], all: 0 });
});
