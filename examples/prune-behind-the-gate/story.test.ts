import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aHome, type Home } from '../../test/support/cli.ts';
import { ENTER, hasScript, shellAtTerminal } from '../../test/support/pty.ts';

const HERE = import.meta.dirname;
const MAIN = join(HERE, '../../src/cli/main.ts');
const PLACE = '/tmp/holdfast-example';

/** The files of the story and an `npx`, in a home whose folder stands for /tmp/holdfast-example. */
function checkout(home: Home): string {
  const folder = join(home.folder, 'examples/prune-behind-the-gate');
  mkdirSync(folder, { recursive: true });
  for (const name of ['config.yaml', 'logs.yaml', 'policy.yaml'])
    writeFileSync(join(folder, name), readFileSync(join(HERE, name), 'utf8').replaceAll(PLACE, `${home.folder}/x`));
  mkdirSync(join(home.folder, 'bin'));
  writeFileSync(join(home.folder, 'bin/npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${MAIN}' "$@"\n`, {
    mode: 0o700,
  });
  const [, story = ''] = /```sh\n([\s\S]*?)```/.exec(readFileSync(join(HERE, 'README.md'), 'utf8')) ?? [];
  const file = join(home.folder, 'story.sh');
  writeFileSync(file, `set -e\nPATH='${home.folder}/bin':$PATH\n${story.replaceAll(PLACE, `${home.folder}/x`)}`);
  return file;
}

it.skipIf(!hasScript)('tells the story of its README (needs script of util-linux)', async () => {
  const home = aHome();
  const file = checkout(home);
  const { code, shown } = await shellAtTerminal(home, `exec bash '${file}'`, {
    question: /Type yes to approve/,
    keys: `yes${ENTER}`,
  });
  expect(code, shown).toBe(0);
  const told = [
    /PLAN +Move aside 3 files/, // proposed
    /^- monday\.log/m, // what it would do
    /^monday\.log\s+tuesday\.log\s+wednesday\.log/m, // nothing was done
    /is verified/,
    /^\.\s+\.\.\s+\.holdfast-held\r?$/m, // all of it is held
    /PLAN p-\w+ +Move .*3 files/, // the undo
    /is verified/,
    /^monday\.log\s+tuesday\.log\s+wednesday\.log/m, // and back
    /^10 tests\./m,
    /example-logs is trusted as it is now/,
    /verified/,
    /policy-trusted/,
    /Sound: \d+ entries/,
  ];
  let rest = shown;
  for (const line of told) {
    const found = line.exec(rest);
    expect(found, `${String(line)} is not in:\n${rest}`).not.toBeNull();
    rest = rest.slice((found?.index ?? 0) + (found?.[0].length ?? 0));
  }
  expect(readdirSync(join(home.folder, 'x/logs'))).toEqual(['.holdfast-held']);
});
