#!/usr/bin/env node
// Plain JavaScript that even an old Node can read, so that it can say what is needed.
import { readFileSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    'NODE_TOO_OLD  holdfast needs Node 24.15 or newer, this is ' +
      process.versions.node +
      '; in a checkout, `npx holdfast` uses the one that `npm ci` installed\n',
  );
  process.exit(2);
}

const args = process.argv.slice(2);
if (args.length === 0 || (args.length === 1 && ['-h', '--help', 'help'].includes(args[0]))) {
  // Written by the build from the same commands: nobody waits for the parser to read a page.
  process.stdout.write(readFileSync(new URL('../dist/cli/help.txt', import.meta.url)));
} else {
  if (args.includes('up')) becomeFrugal();
  const [{ enableCompileCache }, { homedir }, { isAbsolute, join }] = await Promise.all([
    import('node:module'),
    import('node:os'),
    import('node:path'),
  ]);
  // Compiled code is kept in a folder of the user's own: Node's default lies in the shared /tmp.
  const cache = process.env.XDG_CACHE_HOME ?? '';
  enableCompileCache(join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'holdfast'));
  await import('../dist/cli/main.js');
}

/**
 * Starts this process anew with what only Node's command line can set: `up` waits for days, and V8's defaults would
 * have it keep room for work that it does once (with 1,000 runbooks 90 MiB instead of 81). The same process id, so
 * that a supervisor sees one process; where there is no execve (Windows), it is done without.
 */
function becomeFrugal() {
  const flags = ['--max-semi-space-size=1', '--no-concurrent-recompilation'];
  if (process.execve === undefined || flags.every((flag) => process.execArgv.includes(flag))) return;
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...flags, ...process.argv.slice(1)]);
}
