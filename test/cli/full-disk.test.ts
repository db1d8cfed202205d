import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { aHome } from '../support/cli.ts';
import { mayMount, sh } from '../support/mounting.ts';

it.skipIf(!mayMount)(
  'a run on a really full disk reports, says that it was not kept, and loses nothing (needs mount)',
  async () => {
    const home = aHome();
    const disk = join(home.folder, 'disk');
    mkdirSync(disk);
    sh(`mount -t tmpfs -o size=1m,mode=700 tmpfs '${disk}'`);
    onTestFinished(() => sh(`umount -l '${disk}'`));
    writeFileSync(
      join(home.folder, 'b.yaml'),
      `name: b\nchecks:\n  - host/file-age: { path: "${home.folder}/none/*", olderThan: 1d }\n`,
    );
    const run = () => home.holdfast('run', 'b.yaml', '--state-dir', join(disk, 'state'));
    expect((await run()).stdout).toContain('1 new');
    sh(`dd if=/dev/zero of='${disk}/fill' bs=1k 2>/dev/null || true`);
    const full = await run();
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/^STORE_FULL/);
    expect(full.stdout).toContain('host/file-age');
    sh(`rm '${disk}/fill'`);
    expect((await run()).stdout).toContain('0 new, 1 ongoing');
  },
);
