import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../../../src/checks/host/systemd-units.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { standInPrograms, type StandIn } from '../../support/stand-in-programs.ts';
import { tempFolder } from '../../support/temp.ts';

const block = (id: string) =>
  `Id=${id}\nDescription=x\nActiveState=failed\nSubState=failed\nResult=timeout\nExecMainCode=2\nExecMainStatus=15\nStateChangeTimestamp=Thu 2026-11-26 00:13:55 UTC\nNRestarts=0\n`;
const line = (id: string) => `${id} loaded failed failed x\n`;

async function units(systemctl: StandIn, params: object = {}) {
  const root = tempFolder();
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  return look(check, hostReader({ root, env: standInPrograms(tempFolder(), { systemctl }).env }), params);
}

test('each failed unit is a resource of its own, but for those that may fail', async () => {
  const ids = ['backup.service', 'user@1000.service', 'srv-a.mount'];
  const systemctl = { saysTo: { 'list-units': ids.map(line).join(''), show: ids.map(block).join('\n') } };
  const { observations, drafts } = await units(systemctl, { ignore: ['user@*.service', '*.mount'] });
  expect(observations).toMatchObject([{ status: 'seen', resource: 'host:test/unit/backup.service' }]);
  expect(drafts).toMatchObject([{ discriminator: 'failed', title: expect.stringContaining('timeout, signal 15') }]);
});

test('a machine with nothing failed, and one without systemd, are quiet', async () => {
  expect(await units({})).toEqual({ observations: [], drafts: [] });
  expect(await look(check, hostReader({ root: tempFolder() }), {})).toEqual({ observations: [], drafts: [] });
});

test('a systemd that does not answer hides all units', async () => {
  expect((await units({ exit: 1, errors: 'Connection refused' })).observations).toMatchObject([
    { status: 'unknown', resource: 'host:test/unit/*', failure: { code: 'SYSTEMD_UNREACHABLE' } },
  ]);
});

test('of more units than are told the rest is unknown, so that none of theirs resolves', async () => {
  const ids = Array.from({ length: 201 }, (_, at) => `u${at}.service`);
  const { observations } = await units({ saysTo: { 'list-units': ids.map(line).join(''), show: block('u0.service') } });
  expect(observations.at(-1)).toMatchObject({
    status: 'unknown',
    resource: 'host:test/unit/*',
    failure: { code: 'TOO_MANY_UNITS', message: expect.stringContaining('1 more') },
  });
});
