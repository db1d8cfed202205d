import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aClient, type TestClient } from '../support/mcp/clients.ts';
import { product } from '../support/mcp/product.ts';
import { tempFolder } from '../support/temp.ts';

/** An address of whoever asks, a file of the operator's, and a client. */
async function world(): Promise<{ url: string; port: number; file: string; client: TestClient; reached: string[] }> {
  const reached: string[] = [];
  const server = createServer((request, response) => {
    reached.push(JSON.stringify(request.headers));
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const file = join(tempFolder(), 'private.txt');
  writeFileSync(file, 'a line that is for the operator alone\n');
  return { url: `http://127.0.0.1:${port}/`, port, file, client: await aClient('v2', await product()), reached };
}

describe('what is reached is not for a client to choose', () => {
  it('no address, and no variable that would be sent there', async () => {
    const { url, port, client, reached } = await world();
    const header = { headers: { 'X-Taken': { env: 'PATH' } } };
    for (const [check, params] of [
      ['net/http', { url, ...header }],
      ['net/http', { url }],
      ['net/redis', { host: '127.0.0.1', port, password: { env: 'PATH' } }],
      ['net/tcp', { host: '127.0.0.1', port }],
      ['docker/containers', { socket: '/var/run/some.sock' }],
      ['mcp/tool', { server: 'team', tool: 'send', arguments: { text: 'taken' } }],
    ] as const)
      expect(await client.call('run_check', { check, params })).toMatchObject({
        isError: true,
        text: expect.stringContaining('MCP_CHOICE_REFUSED'),
      });
    expect(reached).toEqual([]);
  });

  it('no file', async () => {
    const { file, client } = await world();
    for (const [check, params] of [
      ['host/log-patterns', { path: file, patterns: ['.*'] }],
      ['host/file-age', { path: file, olderThan: '1ms' }],
    ] as const) {
      const told = await client.call('run_check', { check, params });
      expect([told.isError, told.text]).toEqual([true, expect.stringContaining('MCP_CHOICE_REFUSED')]);
      expect(told.text).not.toContain('for the operator alone');
    }
  });

  it('not by a question, and not by a command', async () => {
    const { url, client, reached } = await world();
    expect(await client.call('holdfast_route_question', { question: `is ${url} up?` })).toMatchObject({
      isError: true,
      text: expect.stringContaining('MCP_CHOICE_REFUSED'),
    });
    for (const args of [
      ['checks', 'run', 'net/http', '--set', `url=${url}`],
      ['ask', `is ${url} up?`],
    ])
      expect((await client.call('holdfast_run_command', { args })).data).toMatchObject({
        exitCode: 2,
        messages: expect.stringContaining('MCP_COMMAND_REFUSED'),
      });
    expect(reached).toEqual([]);
  });

  it('not by a draft, which would read the file', async () => {
    const { file, client } = await world();
    for (const [action, params] of [
      ['kubernetes/apply-manifest', { file }],
      ['kubernetes/apply-manifest@1', { file }],
      ['terraform/apply-saved-plan', { folder: '/tmp', plan: file }],
    ] as const)
      expect(await client.call('draft_plan', { why: 'x', steps: [{ action, params }] })).toMatchObject({
        isError: true,
        text: expect.stringContaining('MCP_CHOICE_REFUSED'),
      });
  });

  it('but a look without parameters is, and one that chooses among what the operator’s credentials lead to', async () => {
    const { client } = await world();
    expect(await client.call('run_check', { check: 'host/load' })).toMatchObject({ isError: false });
    expect(await client.call('run_check', { check: 'kubernetes/nodes', params: { context: 'none' } })).toMatchObject({
      isError: false,
      data: { outcome: 'unknown' },
    });
  });
});
