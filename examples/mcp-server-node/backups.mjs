#!/usr/bin/env node
// A check of your own, in JavaScript with the official SDK: an MCP server over stdio with one tool.
// It tells facts and judges nothing: what is well stands in the runbook (healthyWhen).
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

const FOLDER = process.env.BACKUPS;
const HOUR_MS = 3_600_000;

serveStdio(() => {
  const server = new McpServer({ name: 'backups', version: '1' });
  server.registerTool(
    'newest_backup',
    {
      description: 'Tells how old and how large the newest file in the folder of backups is.',
      inputSchema: z.strictObject({ suffix: z.string().default('').describe('only files whose names end so') }),
      outputSchema: z.strictObject({ files: z.int(), newest: z.string(), ageHours: z.number(), bytes: z.int() }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async ({ suffix }) => {
      const backups = await backupsIn(FOLDER, suffix);
      const [newest] = backups;
      // Nothing to measure is no measurement: Holdfast says "unknown", and names the reason.
      if (newest === undefined) return failed(`there is no backup in ${FOLDER}`);
      const result = { files: backups.length, ...newest };
      return { structuredContent: result, content: [{ type: 'text', text: JSON.stringify(result) }] };
    },
  );
  return server;
});

/** Newest first. */
async function backupsIn(folder, suffix) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(suffix));
  const files = await Promise.all(
    names.map(async (name) => {
      const { mtimeMs, size } = await stat(join(folder, name));
      return { newest: name, ageHours: Math.round(((Date.now() - mtimeMs) / HOUR_MS) * 10) / 10, bytes: size };
    }),
  );
  return files.toSorted((a, b) => a.ageHours - b.ageHours);
}

function failed(why) {
  return { isError: true, content: [{ type: 'text', text: why }] };
}
