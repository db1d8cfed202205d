import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { anExampleHome } from '../../test/support/mcp/example-home.ts';
import { tempFolder } from '../../test/support/temp.ts';

it('the story of examples/mcp-server-node: the runbook judges what the tool tells', async () => {
  const backups = tempFolder();
  const home = anExampleHome(import.meta.dirname, { BACKUPS: backups });
  await home.json('mcp', 'servers', 'trust', 'backups');

  expect(await home.json('run', 'runbook.yaml')).toMatchObject({
    checks: [{ outcome: 'unknown', failure: { message: expect.stringContaining('there is no backup') } }],
  });

  const dump = join(backups, 'db.dump');
  writeFileSync(dump, Buffer.alloc(5_000));
  expect(await home.json('run', 'runbook.yaml')).toMatchObject({ checks: [{ outcome: 'ok' }], findings: [] });

  utimesSync(dump, new Date(), new Date(Date.now() - 72 * 3_600_000));
  expect(await home.json('run', 'runbook.yaml')).toMatchObject({
    findings: [
      {
        standing: 'new',
        title: 'the nightly dump: $.ageHours is 72, and should be at most 26',
        next: 'journalctl -u nightly-dump --since yesterday',
      },
    ],
  });
}, 120_000);
