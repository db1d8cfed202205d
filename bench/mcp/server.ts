// `node bench/mcp/server.ts product <state directory>`, `bare`, or `stdio <state directory>`: the servers that are measured,
// each in a process of its own. Over HTTP the first line printed says where it is; when its stdin ends, it prints the most
// memory that it ever held, KiB, and ends. `bare` is the SDK alone on node:http: no guard, and a tool that does nothing.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { openApp, type StatefulApp } from '../../src/app/app.ts';
import { mcpToken } from '../../src/app/mcp-token.ts';
import { readCommands } from '../../src/cli/read-command.ts';
import { serveMcpHttp } from '../../src/mcp/serve-http.ts';
import { serveMcpStdio } from '../../src/mcp/serve-stdio.ts';

/** The allowances of callers come back so many times as fast, so that what is measured is the server and not its limits. */
const HASTE = 1_000;
const { signal } = new AbortController();

const [mode, folder = ''] = process.argv.slice(2);
if (mode === 'stdio') await stdio(folder);
else {
  console.log(JSON.stringify(mode === 'bare' ? await bare() : await product(folder)));
  process.stdin.resume().once('end', () => {
    console.log(process.resourceUsage().maxRSS);
    process.exit(0);
  });
}

async function product(stateDir: string): Promise<{ readonly url: string; readonly token: string }> {
  const app = open(stateDir);
  const { url } = await serveMcpHttp(app, {
    ...shared(app),
    listen: { host: '127.0.0.1', port: 0 },
    origins: [],
    onRefused: ({ status, says }) => console.error(status, says),
  });
  return { url, token: mcpToken(app) };
}

async function stdio(stateDir: string): Promise<void> {
  const app = open(stateDir);
  await serveMcpStdio(app, { ...shared(app), signal });
  app.close();
}

async function bare(): Promise<{ readonly url: string; readonly token: string }> {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'bare', version: '1' });
    server.registerTool('nothing', { inputSchema: z.object({}) }, () => ({ content: [{ type: 'text', text: '{}' }] }));
    return server;
  });
  const handle = toNodeHandler(handler);
  const http = createServer((request, response) => {
    const { method = '', url = '' } = request;
    void handle(Object.assign(request, { method, url }), response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mcp`, token: 'none' };
}

function open(stateDir: string): StatefulApp {
  return openApp(
    {
      env: {},
      cwd: stateDir,
      home: stateDir,
      user: 'bench',
      platform: process.platform,
      clock: { now: () => Date.now(), monotonic: () => performance.now() * HASTE },
      random: (size) => randomBytes(size),
      version: '0.0.0',
      program: [process.execPath, 'bin/holdfast.js'],
    },
    { stateDir, config: undefined },
  );
}

function shared(app: StatefulApp) {
  return {
    command: readCommands(app.surroundings, { stateDir: app.stateDir.path, config: undefined }),
    onTrouble: (error: unknown) => console.error(error),
  };
}
