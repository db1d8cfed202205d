import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  parseTimestamp,
  parseUnitList,
  parseUnits,
  readTroubledUnits,
} from '../../../src/providers/host/troubled-units.ts';
import { findUnitManager } from '../../../src/providers/host/unit.ts';
import { standInPrograms, type StandIn } from '../../support/stand-in-programs.ts';
import { tempFolder } from '../../support/temp.ts';

const LIST = `backup.service      loaded failed     failed       Nightly backup
-.mount             loaded failed     failed       Root Mount
loop.service        loaded activating auto-restart A service that goes round
`;
const SHOW = `Id=backup.service
Description=Nightly backup = the old one
ActiveState=failed
SubState=failed
Result=exit-code
ExecMainCode=1
ExecMainStatus=203
StateChangeTimestamp=Thu 2026-11-26 00:13:55 UTC
NRestarts=5

Id=loop.service
Description=A service that goes round
ActiveState=activating
SubState=auto-restart
Result=signal
ExecMainCode=3
ExecMainStatus=11
StateChangeTimestamp=
NRestarts=412

Id=well-again.service
Description=Came up between the two questions
ActiveState=active
SubState=running
Result=success
`;

function booted(): string {
  const root = tempFolder();
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  return root;
}

async function ask(systemctl: StandIn | null, root = booted(), signal = new AbortController().signal) {
  const programs = standInPrograms(tempFolder(), systemctl === null ? {} : { systemctl });
  const manager = systemctl === null ? null : await findUnitManager(programs.env);
  return { looked: await readTroubledUnits(root, manager, signal), calls: programs.calls() };
}

test('what failed and what goes round is told with why, since when and how often', async () => {
  const { looked, calls } = await ask({ saysTo: { 'list-units': LIST, show: SHOW } });
  expect(looked).toEqual({
    status: 'seen',
    value: {
      units: [
        {
          id: 'backup.service',
          description: 'Nightly backup = the old one',
          activeState: 'failed',
          subState: 'failed',
          result: 'exit-code',
          ended: 'exit 203',
          since: Date.UTC(2026, 10, 26, 0, 13, 55),
          restarts: 5,
        },
        {
          id: 'loop.service',
          description: 'A service that goes round',
          activeState: 'activating',
          subState: 'auto-restart',
          result: 'signal',
          ended: 'signal 11',
          since: null,
          restarts: 412,
        },
      ],
      more: 0,
    },
  });
  expect(calls).toHaveLength(2);
  expect(calls[1]).toMatch(/ -- backup\.service -\.mount loop\.service$/);
});

test('nothing failed: nothing more is asked', async () => {
  const { looked, calls } = await ask({ saysTo: { 'list-units': '' } });
  expect(looked).toEqual({ status: 'seen', value: { units: [], more: 0 } });
  expect(calls).toHaveLength(1);
});

test('a machine that systemd did not start has no units, though systemctl lies about', async () => {
  const { looked, calls } = await ask({ saysTo: { 'list-units': LIST } }, tempFolder());
  expect(looked).toEqual({ status: 'seen', value: null });
  expect(calls).toEqual([]);
});

test('systemd without systemctl is unknown', async () => {
  expect((await ask(null)).looked).toMatchObject({ status: 'unknown', failure: { code: 'NO_SYSTEMCTL' } });
});

test('a systemd that can not be reached is unknown, in its own words made harmless', async () => {
  const { looked } = await ask({ errors: 'Failed to connect to bus: \u001b[31mPermission denied\nmore', exit: 1 });
  expect(looked).toEqual({
    status: 'unknown',
    failure: {
      code: 'SYSTEMD_UNREACHABLE',
      message: 'systemd did not say which units failed: Failed to connect to bus: \\u{1b}[31mPermission denied',
    },
  });
});

test('an abort is an abort', async () => {
  const abort = new AbortController();
  abort.abort(new Error('enough'));
  await expect(ask({ sleeps: 60 }, booted(), abort.signal)).rejects.toThrow('enough');
});

test('of thousands the first 200 are asked about, in portions, and the others counted', async () => {
  const names = Array.from({ length: 1_234 }, (_, at) => `unit-${at}.service loaded failed failed A unit\n`).join('');
  const { looked, calls } = await ask({ saysTo: { 'list-units': names, show: SHOW } });
  expect(looked).toMatchObject({ status: 'seen', value: { more: 1_034 } });
  expect(calls).toHaveLength(1 + 5);
});

test('a bullet before a name, long names and no list at all', () => {
  expect(parseUnitList('● a.service loaded failed failed A\n* b@x\\x2dy.socket masked failed failed B\n')).toEqual([
    'a.service',
    'b@x\\x2dy.socket',
  ]);
  expect(parseUnitList('0 loaded units listed.\n\nTo show all, use list-unit-files.\n\0\0garbage')).toEqual([]);
});

test('an answer that is none makes no units', () => {
  expect(parseUnits('')).toEqual([]);
  expect(parseUnits('Id=a.service\n\nActiveState=failed\n')).toEqual([]);
  expect(parseUnits('Id=a.service\nActiveState=failed\nNRestarts=-1\nExecMainStatus=[not set]\n')).toMatchObject([
    { id: 'a.service', restarts: 0, ended: null, since: null },
  ]);
});

test.each(['', 'n/a', 'Thu 2026-11-26 00:13:55 CET', 'Thu 2026-99-26 00:13:55 UTC', 'yesterday'])(
  'a time such as "%s" is no time',
  (text) => expect(parseTimestamp(text)).toBeNull(),
);
