import { expect, test } from 'vitest';
import { check } from '../../../src/checks/host/time-sync.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { standInPrograms, type StandIn } from '../../support/stand-in-programs.ts';
import { tempFolder } from '../../support/temp.ts';
import { tree } from '../../support/tree.ts';

async function clock(timedatectl: StandIn, files: Readonly<Record<string, string>>) {
  using root = tree({ 'proc/uptime': '90000.5 1.0\n', ...files });
  const { env } = standInPrograms(tempFolder(), { timedatectl, chronyc: { exit: 1 } });
  return await look(check, hostReader({ root: root.path, procRoot: `${root.path}/proc`, env }), {});
}
const SYSTEMD = { 'run/systemd/system/x': '' };

test('a clock that nobody keeps is found, one that is kept is not', async () => {
  expect((await clock({ says: 'NTP=no\nNTPSynchronized=no\n' }, SYSTEMD)).drafts).toMatchObject([
    { discriminator: 'synchronisation', evidenceClass: 'off' },
  ]);
  const well = await clock({ says: 'NTP=yes\nNTPSynchronized=yes\n' }, SYSTEMD);
  expect(well.observations).toMatchObject([{ status: 'seen', resource: 'host:test/clock/system' }]);
  expect(well.drafts).toEqual([]);
});

test('without systemd and chrony there is nothing to look at', async () => {
  expect(await clock({ says: 'NTP=no\nNTPSynchronized=no\n' }, {})).toEqual({ observations: [], drafts: [] });
});

test('a timedatectl that does not answer is unknown, with its reason', async () => {
  expect((await clock({ exit: 1, errors: 'Failed to connect to bus' }, SYSTEMD)).observations).toMatchObject([
    {
      status: 'unknown',
      resource: 'host:test/clock/system',
      failure: { message: expect.stringContaining('Failed to connect to bus') },
    },
  ]);
});
