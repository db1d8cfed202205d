import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { aHome } from '../support/cli.ts';
import { aGateHome } from '../support/gate-home.ts';
import { atTerminal, CTRL_C, CTRL_D, hasScript } from '../support/pty.ts';

it.skipIf(!hasScript).each([
  ['Ctrl-C', CTRL_C],
  ['Ctrl-D', CTRL_D],
  ['the end of standard input', null],
])('%s leaves `init`, which then writes nothing (needs script of util-linux)', async (_what, keys) => {
  const home = aHome();
  const told = await atTerminal(home, ['init'], { question: /URLs that must answer/, keys });
  expect(told.code, told.shown).toBe(130);
  expect(existsSync(join(home.folder, 'config/holdfast/config.yaml'))).toBe(false);
});

it('Ctrl-C while a plan is applied: 130, and what was begun is on record, never repeated', async () => {
  const home = aGateHome();
  const script = join(home.folder, 'slow.sh');
  const began = join(home.folder, 'began');
  writeFileSync(script, `#!/bin/sh\necho began >> '${began}'\nexec sleep 60\n`, { mode: 0o700 });
  home.configure(
    `approvals: { allowNonInteractive: true }\nhost:\n  commands: { slow: { title: Slow, argv: ["${script}"], destructive: false } }`,
  );
  const { id, digest } = await home.document('plan', 'plan', 'create', 'host/run-command', '--set', 'command=slow');
  const approving = home.start('plan', 'approve', id, '--digest', digest);
  const ended = once(approving, 'exit');
  while (!existsSync(began)) await delay(20);
  approving.kill('SIGINT');
  expect((await ended)[0]).toBe(130);
  expect((await home.plan(id)).status).toBe('unknown');
  expect((await home.holdfast('plan', 'resume', id)).code).toBe(15);
  expect(readFileSync(began, 'utf8')).toBe('began\n');
});
