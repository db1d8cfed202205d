import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApp, type StatefulApp } from '../src/app/app.ts';
import { findingsTable } from '../src/store/findings.ts';
import { aFinding } from '../test/support/notify/findings.ts';
import { atOnce } from './mcp/at-once.ts';
import { callOverhead } from './mcp/overhead.ts';

const FINDINGS = 1_000;

/**
 * What MCP costs on a state directory with 1,000 findings: a call above its work, and a hundred clients at once. Servers are
 * processes of their own, and their limits (300 calls at once, then 50 a second for each client and 500 for all) are lifted.
 */
export async function mcpCost(): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-mcp-'));
  const app = openWithFindings(folder);
  try {
    return { name: 'mcp', lines: [...(await callOverhead(app)), ...(await atOnce(app))] };
  } finally {
    app.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function openWithFindings(folder: string): StatefulApp {
  const app = openApp(
    {
      env: {},
      cwd: folder,
      home: folder,
      user: 'bench',
      platform: process.platform,
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      random: (size) => randomBytes(size),
      version: '0.0.0',
      program: [process.execPath, 'bin/holdfast.js'],
    },
    { stateDir: join(folder, 'state'), config: undefined },
  );
  const table = findingsTable(app.database);
  app.database.transaction(() => {
    for (let index = 0; index < FINDINGS; index += 1) table.write(aFinding(`volume-${index}`));
  });
  return app;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, lines } = await mcpCost();
  process.stdout.write(`${name}\n${lines.map((line) => `  ${line}\n`).join('')}`);
}
