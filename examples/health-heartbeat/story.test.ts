import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { aHome, type Home } from '../../test/support/cli.ts';

const HERE = import.meta.dirname;

/** Starts the shop on a free port and puts the runbook, with that port and this folder, into the home. */
async function openShop(home: Home): Promise<void> {
  mkdirSync(join(home.folder, 'backup'));
  says(home, 'ok');
  const shop = spawn(process.execPath, [join(HERE, 'service.js'), home.folder, '0']);
  onTestFinished(() => void shop.kill());
  const [line] = (await once(shop.stdout, 'data')) as [Buffer];
  const port = /\d+/.exec(String(line))?.[0] ?? '';
  const runbook = readFileSync(join(HERE, 'heartbeat.md'), 'utf8');
  writeFileSync(
    join(home.folder, 'heartbeat.md'),
    runbook.replace('8347', port).replace('/tmp/holdfast-example', home.folder),
  );
}

function says(home: Home, status: string): void {
  writeFileSync(join(home.folder, 'status'), `${status}\n`);
}

async function beat(home: Home): Promise<string[]> {
  const run = await home.json('run', 'heartbeat.md');
  return (run['findings'] as { check: string; standing: string }[]).map(
    ({ check, standing }) => `${check} ${standing}`,
  );
}

it('tells the story of its README', async () => {
  const home = aHome();
  await openShop(home);
  expect(await beat(home)).toEqual(['host/file-age new']);
  writeFileSync(join(home.folder, 'backup/monday.tar'), 'a backup\n');
  expect(await beat(home)).toEqual(['host/file-age ongoing']);
  expect(await beat(home)).toEqual(['host/file-age resolved']);
  expect((await home.holdfast('run', 'heartbeat.md')).stdout).toContain('All clear.');
  says(home, 'degraded');
  const told = await home.holdfast('run', 'heartbeat.md', '--fail-on', 'high');
  expect(told.code).toBe(3);
  expect(told.stdout).toContain('net/http');
  expect((await home.holdfast('findings')).stdout).toContain('shop-heartbeat');
});
