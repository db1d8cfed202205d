import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { DOCUMENTS } from '../../src/documents/all-schemas.ts';
import { aHome, type Home } from '../support/cli.ts';

let home: Home;
let watched: string;
beforeEach(() => {
  home = aHome();
  watched = join(home.folder, 'sshd_config');
  mkdirSync(join(home.folder, 'runbooks'));
  mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
  writeFileSync(join(home.folder, 'runbooks/nightly.yaml'), 'name: nightly\nbaseline: here\n');
  writeFileSync(join(home.folder, 'config/holdfast/config.yaml'), `inventory: { files: ["${watched}"] }\n`);
  writeFileSync(watched, 'PermitRootLogin no\n');
});

type Noun = 'baseline' | 'baseline-diff' | 'baseline-accepted' | 'baseline-history';

/** What a command prints as JSON, held against the schema that is published. */
async function json(noun: Noun, ...args: string[]) {
  const { stdout, stderr } = await home.holdfast('baseline', ...args, '--output', 'json');
  expect(stderr).toBe('');
  const document: unknown = JSON.parse(stdout);
  expect(document).toEqual(DOCUMENTS[noun].parse(document));
  return document;
}

describe('holdfast baseline', () => {
  it('is taken by the first run, which says so, and shown', async () => {
    const { stdout, code } = await home.holdfast('run', 'nightly');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/NOTE\s+The first scan: its \d+\s+facts\s+became/)]);
    expect((await home.holdfast('baseline')).stdout).toMatch(
      new RegExp(`^here  \\d+ facts as of [\\s\\S]*named-file  1\\n  ${RegExp.escape(watched)}  content: sha256:`),
    );
    expect(await json('baseline', 'show', 'here')).toMatchObject({
      name: 'here',
      facts: expect.arrayContaining([expect.objectContaining({ kind: 'named-file', name: watched })]),
    });
  });

  it('differs by what was changed, until that is accepted with a reason', async () => {
    await home.holdfast('run', 'nightly');
    writeFileSync(watched, 'PermitRootLogin yes\n');
    const run = await home.holdfast('run', 'nightly', '--fail-on', 'low');
    expect(run).toMatchObject({ code: 3, stdout: expect.stringContaining('A file that you named was changed:') });
    expect(await json('baseline-diff', 'diff', 'here')).toMatchObject({
      drifted: expect.arrayContaining([expect.objectContaining({ direction: 'changed', name: watched })]),
    });
    const accept = ['accept', '--only', 'named-file', '--reason'];
    expect(await home.holdfast('baseline', ...accept, ' ')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('BASELINE_INVALID  accepting needs a reason'),
    });
    expect(await json('baseline-accepted', ...accept, 'root is let in for the move')).toMatchObject({
      event: { event: 'accepted', actor: { kind: 'operator' }, counts: { changed: 1 }, items: [{ name: watched }] },
    });
    expect(await home.holdfast('baseline', ...accept, 'again')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('BASELINE_INVALID  nothing that differs fits "named-file"'),
    });
    expect((await home.holdfast('baseline', 'history')).stdout).toMatch(
      /taken by holdfast \(scan\): the first scan[\s\S]*accepted by operator .*: root is let in for the move\n {2}0 added, 0 removed, 1 changed/,
    );
    expect(await json('baseline-history', 'history')).toMatchObject({ events: [{ event: 'taken' }, {}] });
    expect((await home.holdfast('audit', 'list', '--verb', 'baseline-accepted')).stdout).toMatch(
      /baseline-accepted {2}here {2}accepted[\s\S]*baseline-accepted {2}here {2}taken/,
    );
  });

  it('says what to do when there is none, or none of that name', async () => {
    expect(await home.holdfast('baseline', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /NOT_FOUND {2}there is no baseline yet\n.*write `baseline: production` in a runbook/,
      ),
    });
    await home.holdfast('run', 'nightly');
    expect((await home.holdfast('baseline', 'diff', 'her')).stderr).toMatch(
      /there is no baseline "her"\n.*did you mean "here"\?/,
    );
  });

  it('is never compared with when it is corrupt, and the run says unknown', async () => {
    await home.holdfast('run', 'nightly');
    const sqlite = new DatabaseSync(join(home.folder, 'state/holdfast/holdfast.db'));
    sqlite.exec("UPDATE baselines SET bytes = '{}'");
    sqlite.close();
    const run = await home.holdfast('run', 'nightly', '--fail-on-unknown');
    expect(run).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/UNKNOWN\s+inventory\/drift: could not look:/),
    });
    expect(await home.holdfast('baseline', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/BASELINE_CORRUPT[\s\S]*holdfast baseline accept here/),
    });
  });
});
