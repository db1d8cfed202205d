import { expect, test } from 'vitest';
import { parseTracking, readTimeSync } from '../../../src/providers/host/time-sync.ts';
import { standInPrograms, type StandIn } from '../../support/stand-in-programs.ts';
import { tempFolder } from '../../support/temp.ts';
import { tree } from '../../support/tree.ts';

const TRACKING = (offset: string, leap: string) =>
  `D83BC92A,216.59.201.42,3,1764115200.123456789,${offset},-0.000012345,0.000034567,-12.345,0.001,0.012,0.012345678,0.000123456,64.2,${leap}\n`;

async function ask(
  programs: Readonly<Record<string, StandIn>>,
  options: { systemd?: boolean; platform?: NodeJS.Platform; signal?: AbortSignal } = {},
) {
  using root = tree({
    'proc/uptime': '350735.47 234388.90\n',
    ...(options.systemd === false ? {} : { 'run/systemd/system/x': '' }),
  });
  // Absent programs are shadowed: what this machine has must not answer for the test.
  const all = { timedatectl: { exit: 1, errors: 'none' }, chronyc: { exit: 1 }, ...programs };
  const standIn = standInPrograms(tempFolder(), all);
  const places = { platform: options.platform ?? 'linux', procRoot: `${root.path}/proc`, root: root.path };
  const signal = options.signal ?? new AbortController().signal;
  return { looked: await readTimeSync({ ...places, env: standIn.env }, signal), calls: standIn.calls() };
}

test('timedatectl tells the flag of the kernel and whether a service is on', async () => {
  const { looked, calls } = await ask({ timedatectl: { says: 'NTP=yes\nNTPSynchronized=no\n' } });
  expect(looked).toEqual({
    status: 'seen',
    value: {
      source: 'timedatectl show',
      synchronised: false,
      service: true,
      offsetSeconds: null,
      uptimeMs: 350_735_470,
    },
  });
  expect(calls).toContain('timedatectl show --property=NTP,NTPSynchronized');
});

test('chrony adds how far the clock is off', async () => {
  const { looked } = await ask({
    timedatectl: { says: 'NTP=no\nNTPSynchronized=yes\n' },
    chronyc: { says: TRACKING('-1.250000000', 'Normal') },
  });
  expect(looked).toMatchObject({ value: { synchronised: true, service: false, offsetSeconds: -1.25 } });
});

test('without systemd chrony is believed', async () => {
  const chronyc = { says: TRACKING('0.000001000', 'Not synchronised') };
  expect((await ask({ chronyc }, { systemd: false })).looked).toMatchObject({
    value: { source: 'chronyc tracking', synchronised: false, service: true, offsetSeconds: 0.000001 },
  });
});

test('chrony answers where timedatectl fails', async () => {
  expect((await ask({ chronyc: { says: TRACKING('0.1', 'Normal') } })).looked).toMatchObject({
    value: { source: 'chronyc tracking', synchronised: true },
  });
});

test('with neither there is nothing to look at', async () => {
  expect((await ask({}, { systemd: false })).looked).toEqual({ status: 'seen', value: null });
});

test.each([
  ['a refusal', { exit: 1, errors: 'Failed to query server: Connection timed out' }, 'TIME_UNKNOWN'],
  ['an empty answer', { says: '' }, 'TIMEDATECTL_ANSWER'],
  ['garbage', { says: '\u0000\nNTPSynchronized=maybe\n' }, 'TIMEDATECTL_ANSWER'],
] as const)('%s of timedatectl under systemd is unknown', async (_, timedatectl, code) => {
  expect((await ask({ timedatectl })).looked).toMatchObject({ status: 'unknown', failure: { code } });
});

test('elsewhere than on Linux it is unknown', async () => {
  expect((await ask({}, { platform: 'win32' })).looked).toMatchObject({ failure: { code: 'LINUX_ONLY' } });
});

test('an abort is an abort', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(ask({ timedatectl: { sleeps: 60 } }, { signal })).rejects.toThrow('enough');
});

test.each([
  '',
  '506 Cannot talk to daemon',
  TRACKING('x', 'Normal'),
  TRACKING('1', 'Normal').replace(',64.2', ''),
  'a,'.repeat(13),
])('%j is no answer of chrony', (text) => expect(parseTracking(text)).toBeNull());
