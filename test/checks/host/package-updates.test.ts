import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../../../src/checks/host/package-updates.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { standInPrograms, type StandIn } from '../../support/stand-in-programs.ts';
import { tempFolder } from '../../support/temp.ts';

function machine(aptGet: StandIn) {
  const root = tempFolder();
  mkdirSync(join(root, 'var/lib/apt/lists'), { recursive: true });
  writeFileSync(join(root, 'var/lib/apt/lists/x_InRelease'), '');
  return look(check, hostReader({ root, env: standInPrograms(tempFolder(), { 'apt-get': aptGet }).env }), {});
}

test('updates of security are found, and remembered by name and version, so many of them', async () => {
  const says = Array.from(
    { length: 60 },
    (_, at) => `Inst p${at} [1] (2 Debian-Security:12/stable-security [amd64])\n`,
  ).join('');
  const { observations, drafts } = await machine({ says });
  expect(drafts).toMatchObject([{ discriminator: 'security', title: '60 security updates wait to be installed' }]);
  const [seen] = observations;
  const sample = seen?.status === 'seen' ? check.sample?.(seen) : null;
  expect(sample).toEqual({ packages: expect.arrayContaining(['p0 2']) });
  expect(sample?.['packages']).toHaveLength(50);
});

test('a machine that is up to date, and one without apt, are quiet', async () => {
  const says = 'Inst bash [1] (2 Debian:12/stable [amd64])\n';
  expect((await machine({ says })).drafts).toEqual([]);
  expect(await look(check, hostReader({ root: tempFolder() }), {})).toEqual({ observations: [], drafts: [] });
});

test('an apt that can not tell is unknown', async () => {
  expect((await machine({ exit: 100, errors: 'E: broken' })).observations).toMatchObject([
    { status: 'unknown', resource: 'host:test/packages/apt', failure: { code: 'APT_FAILED' } },
  ]);
});
