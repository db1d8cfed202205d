import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TOOLS } from '../../src/mcp/catalog.ts';
import { aHome } from '../support/cli.ts';
import { aClient, GENERATIONS, type TestClient, type Way } from '../support/mcp/clients.ts';
import { product } from '../support/mcp/product.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

const WAYS: Readonly<Record<string, () => Promise<Way>>> = {
  http: () => product(),
  stdio: async () => {
    const { env, folder } = aHome();
    return { command: process.execPath, args: [MAIN, 'mcp'], env, cwd: folder };
  },
};

describe.each(Object.keys(WAYS))('over %s', (way) => {
  it.each(GENERATIONS)(
    'a client of %s lists, calls, reads and is prompted',
    { timeout: 60_000 },
    async (generation) => {
      const client = await aClient(generation, await (WAYS[way] ?? WAYS['http'] ?? product)());
      expect((await client.tools()).map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
      expect(await client.call('holdfast_version')).toMatchObject({ isError: false, data: { name: 'holdfast' } });
      await expectLook(client);
      expect(await client.resources()).toContain('holdfast://findings');
      expect(JSON.parse(await client.read('holdfast://findings'))).toEqual({ findings: [] });
      await expect(client.read('holdfast://findings/f-nope')).rejects.toThrow(/not found|no finding/i);
      await expect(client.read('file:///etc/passwd')).rejects.toThrow(/not found|no resource/i);
      expect(await client.prompts()).toEqual(['triage-finding', 'write-runbook']);
      expect(await client.prompt('write-runbook', { goal: 'watch the disk' })).toContain('watch the disk');
      await expect(client.prompt('write-runbook', {})).rejects.toThrow('needs "goal"');
      expect(client.protocol === '2026-07-28').toBe(generation === 'v2 of 2026-07-28');
    },
  );
});

async function expectLook(client: TestClient): Promise<void> {
  const progress: string[] = [];
  const look = await client.call('run_check', { check: 'host/load' }, { onProgress: (words) => progress.push(words) });
  expect(look).toMatchObject({ isError: false, data: { check: 'host/load' } });
  expect(JSON.parse(look.text)).toEqual(look.data);
  expect(progress).toEqual(['looking: host/load']);
}

it(
  'a server over stdio ends when its client hangs up, and says nothing of its own on stdout',
  { timeout: 60_000 },
  async () => {
    const child = aHome().start('mcp');
    const out: string[] = [];
    child.stdout?.on('data', (data: Buffer) => out.push(data.toString('utf8')));
    const request = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    };
    child.stdin?.write(`${JSON.stringify(request)}\n`);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.stdin?.end();
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
    expect(
      out
        .join('')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ id: 1, result: { serverInfo: { name: 'holdfast' } } }]);
  },
);

it.each(['0.0.0.0:39399', ':39399', '192.168.0.10:39399', '[::]:39399', 'example.com:39399', '127.1:39399'])(
  '%s is never listened on',
  { timeout: 60_000 },
  async (address) => {
    const { code, stderr } = await aHome().holdfast('mcp', '--transport', 'http', '--listen', address);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^(MCP_NOT_LOOPBACK|USAGE) /);
  },
);
