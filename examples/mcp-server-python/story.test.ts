import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anExampleHome } from '../../test/support/mcp/example-home.ts';
import { tempFolder } from '../../test/support/temp.ts';

const canPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!canPython)('the story of examples/mcp-server-python (needs python3)', () => {
  it('an untrusted tool is not called; a trusted one judges, its findings come, stay, are hidden and go', async () => {
    const spool = tempFolder();
    for (const queue of ['orders', 'mail']) mkdirSync(join(spool, queue));
    const job = join(spool, 'orders/1');
    writeFileSync(job, '');
    utimesSync(job, new Date(), new Date(Date.now() - 3 * 3_600_000));
    const home = anExampleHome(import.meta.dirname, { SPOOL: spool });

    expect(await home.json('run', 'runbook.yaml')).toMatchObject({
      checks: [{ outcome: 'unknown', failure: { code: 'MCP_NOT_TRUSTED' } }],
    });
    expect(await home.json('mcp', 'servers', 'trust', 'spool')).toMatchObject({
      tools: [{ name: 'spool_backlog', standing: 'trusted' }],
    });
    const found = { standing: 'new', severity: 'high', resource: 'mcp:spool/spool_backlog/orders' };
    expect(await home.json('run', 'runbook.yaml')).toMatchObject({ findings: [found] });

    rmSync(spool, { recursive: true });
    expect(await home.json('run', 'runbook.yaml')).toMatchObject({
      checks: [{ outcome: 'unknown', failure: { code: 'MCP_TOOL_FAILED' } }],
    });
    expect(await home.json('findings')).toMatchObject({ findings: [{ standing: 'ongoing' }] });

    mkdirSync(join(spool, 'orders'), { recursive: true });
    await home.json('run', 'runbook.yaml');
    await home.json('run', 'runbook.yaml');
    expect(await home.json('findings')).toMatchObject({ findings: [] });
  }, 120_000);
});
