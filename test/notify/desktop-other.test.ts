import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { desktopNotifier } from '../../src/notify/desktop.ts';
import { aWorld, HOSTILE, never } from '../support/notify/deps.ts';
import { aNotification } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

/** Stands in for the system's program and writes down what it was started with. No proof of what the system does. */
function recorder(program: string) {
  const folder = tempFolder();
  writeFileSync(
    join(folder, program),
    `#!/bin/sh\nprintf '%s\\0' "$@" > ${folder}/args\nprintf '%s\\0' "$HOLDFAST_TOAST_TITLE" "$HOLDFAST_TOAST_BODY" > ${folder}/env\n`,
  );
  chmodSync(join(folder, program), 0o700);
  const read = (name: string): readonly string[] => readFileSync(join(folder, name), 'utf8').split('\0').slice(0, -1);
  return { env: { PATH: `${folder}:/usr/bin:/bin` }, args: () => read('args'), handed: () => read('env') };
}

function saying(text: string) {
  const words = redactor.text(text);
  return aNotification({ title: words, lines: [{ finding: null, severity: 'high', news: 'new', text: words }] });
}

describe('what is handed to osascript', () => {
  it('is one script, whatever the words, and the words as arguments after ours', async () => {
    const { env, args } = recorder('osascript');
    const scripts = new Set<string>();
    for (const text of HOSTILE) {
      await desktopNotifier(aWorld({ env, platform: 'darwin' })).send(saying(text), never);
      const ours = args().indexOf('holdfast');
      scripts.add(args().slice(0, ours).join('\n'));
      expect(args().slice(ours + 1)).toHaveLength(2);
    }
    expect([...scripts]).toEqual([
      '-e\non run argv\n-e\ndisplay notification (item 3 of argv) with title (item 2 of argv)\n-e\nend run',
    ]);
  });
});

describe('what is handed to PowerShell', () => {
  it('is one script, whatever the words, and the words in the environment', async () => {
    const { env, args, handed } = recorder('powershell.exe');
    const commands = new Set<string>();
    for (const text of HOSTILE) {
      await desktopNotifier(aWorld({ env, platform: 'win32' })).send(saying(text), never);
      commands.add(args().join(' '));
      expect(handed()).toHaveLength(2);
      expect(handed().join('')).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u{202e}]/u);
    }
    expect(commands.size).toBe(1);
    const script = Buffer.from([...commands][0]?.split(' ').at(-1) ?? '', 'base64').toString('utf16le');
    expect(script).toContain('CreateTextNode($env:HOLDFAST_TOAST_TITLE)');
  });
});
