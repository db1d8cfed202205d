// A server over stdio that knows protocol 2026-07-28 and no other.
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

serveStdio(
  () => {
    const server = new McpServer({ name: 'newer', version: '1' });
    server.registerTool('look', { inputSchema: z.object({}), annotations: { readOnlyHint: true } }, async () => ({
      content: [{ type: 'text', text: 'newer' }],
    }));
    return server;
  },
  { legacy: 'reject' },
);
