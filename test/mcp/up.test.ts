import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { aHome, type Home } from '../support/cli.ts';
import { aClient } from '../support/mcp/clients.ts';
import { startUp } from '../support/up.ts';

function configured(home: Home, mcp: object): void {
  mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
  writeFileSync(join(home.folder, 'config/holdfast/config.yaml'), JSON.stringify({ mcp }));
}

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('up serves MCP beside the schedules, until it stops', { timeout: 60_000 }, async () => {
  const home = aHome();
  configured(home, { listen: `127.0.0.1:${await freePort()}` });
  const up = startUp(home);
  const { url } = await up.logged({ event: 'mcp' });
  await up.logged({ event: 'up' });
  const token = (await home.holdfast('mcp', 'token')).stdout.trim();
  const client = await aClient('v2', { url: String(url), token });
  expect(await client.call('holdfast_version')).toMatchObject({ isError: false, data: { name: 'holdfast' } });
  expect(JSON.stringify(up.entries())).not.toContain(token);
  expect(await up.kill('SIGTERM')).toBe(0);
  await expect(fetch(String(url))).rejects.toThrow('fetch failed');
});

it('up goes on without MCP when its port is taken, and says so', { timeout: 60_000 }, async () => {
  const home = aHome();
  const other = createServer();
  onTestFinished(() => void other.close());
  const port = await portOf(other);
  configured(home, { listen: `127.0.0.1:${port}` });
  const up = startUp(home);
  expect(await up.logged({ event: 'mcp-off' })).toMatchObject({
    level: 'warning',
    code: 'MCP_PORT_TAKEN',
    text: expect.stringContaining(String(port)),
  });
  await up.logged({ event: 'up' });
  expect(await up.kill('SIGTERM')).toBe(0);
});

it('up listens nowhere when that is what the operator wants', { timeout: 60_000 }, async () => {
  const home = aHome();
  configured(home, { up: false });
  const up = startUp(home);
  await up.logged({ event: 'up' });
  expect(await up.kill('SIGTERM')).toBe(0);
  expect(up.entries().filter(({ event }) => String(event).startsWith('mcp'))).toEqual([]);
});
