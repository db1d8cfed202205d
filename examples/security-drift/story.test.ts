import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = import.meta.dirname;
const NAMESPACES = ['--user', '--map-root-user', '--mount', '--net'];
const canUnshare = spawnSync('unshare', [...NAMESPACES, 'true']).status === 0;

/** Lines between two headings of the play. */
function scene(said: string, heading: string): string {
  return said.split(/^== /m).find((part) => part.startsWith(heading)) ?? '';
}

/** What is found, but for mounts that other tests make and unmake on the same machine meanwhile. */
function found(part: string): readonly string[] {
  return [...part.matchAll(/^FOUND (.*)$/gm)]
    .map(([, line = '']) => line.replaceAll(/\/tmp\/tmp\.\w+/g, '<story>').replace(/SHA256:\S+/, 'SHA256:…'))
    .filter((line) => !/ mount /.test(line))
    .toSorted();
}

const FOUR = [
  'high A file that you named was changed: <story>/sshd_config',
  'high A key that may log in was added: ana/SHA256:…',
  'high A socket that other machines may reach was added: 0.0.0.0:8443/tcp',
  'medium A timer of systemd was added: user ana/beacon.timer',
];

describe.skipIf(!canUnshare)('the story of examples/security-drift (needs unshare)', () => {
  it('tells exactly the four changes, keeps them while a part is hidden, and none after they were accepted', () => {
    const { status, stdout, stderr } = spawnSync('unshare', [...NAMESPACES, 'bash', join(FOLDER, 'play.sh')], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(scene(stdout, 'the first scan')).toContain('facts became the baseline "story"');
    expect(found(scene(stdout, 'nothing changed'))).toEqual([]);
    expect(found(scene(stdout, 'after four changes'))).toEqual(FOUR);
    const hidden = scene(stdout, 'a part can not be read');
    expect(hidden).toMatch(/UNKNOWN +inventory\/drift/);
    expect(found(hidden)).toEqual(FOUR);
    const after = scene(stdout, 'after accepting');
    expect(found(after)).toEqual([]);
    expect(after).toContain('accepted by operator');
    expect(after).toMatch(/^Sound: /m);
  }, 240_000);
});
