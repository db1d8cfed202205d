import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { aHome, asDocument, type Home } from '../support/cli.ts';

let home: Home;
beforeEach(() => {
  home = aHome();
});

interface Entry {
  readonly seq: number;
  readonly id: string;
  readonly verb: string;
  readonly object: string;
  readonly actor: unknown;
  readonly detail: Readonly<Record<string, unknown>>;
}

const state = (name: string): string => join(home.folder, 'state/holdfast', name);
const entries = async (...args: string[]): Promise<readonly Entry[]> =>
  ((await home.json('audit', 'list', ...args)) as unknown as { entries: Entry[] }).entries;

/** A finding to work with: a backup that isn't there. */
async function aFinding(): Promise<string> {
  mkdirSync(join(home.folder, 'runbooks'));
  writeFileSync(
    join(home.folder, 'runbooks/backups.yaml'),
    `name: backups\nchecks:\n  - host/file-age: { path: "${home.folder}/none/*.tar", olderThan: 1d }\n`,
  );
  const { findings } = (await home.json('run', 'backups')) as { findings: { id: string }[] };
  return findings[0]?.id ?? '';
}

/** Edits the database as whoever has the file can. */
function tamper(sql: string): void {
  const sqlite = new DatabaseSync(state('holdfast.db'));
  sqlite.exec('DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted');
  sqlite.exec(sql);
  sqlite.close();
}

describe('what is written down', () => {
  it('a mute, its end and an acknowledgement, each with who and why', async () => {
    const id = await aFinding();
    await home.holdfast('findings', 'mute', id, '--reason', 'moving house', '--for', '7d');
    await home.holdfast('findings', 'unmute', id);
    await home.holdfast('findings', 'ack', id);
    const [acknowledged, unmuted, muted, began, ...rest] = await entries();
    expect([acknowledged?.verb, unmuted?.verb, muted?.verb, began?.verb, rest.length]).toEqual([
      'finding-acknowledged',
      'finding-unmuted',
      'finding-muted',
      'audit-began',
      0,
    ]);
    expect(muted).toMatchObject({
      object: id,
      actor: { kind: 'operator', name: userInfo().username },
      outcome: 'done',
    });
    expect(String(muted?.detail['said'])).toMatch(/^until .*: moving house$/);
  });

  it('a pause and its end', async () => {
    await aFinding();
    await home.holdfast('pause', 'backups', '--reason', 'holidays');
    await home.holdfast('resume', 'backups');
    expect(await entries('--object', 'backups')).toMatchObject([
      { verb: 'runbook-resumed', detail: { reason: null } },
      { verb: 'runbook-paused', detail: { reason: 'holidays' } },
    ]);
  });

  it('nothing when nothing was done, and nothing when only something was looked at', async () => {
    const id = await aFinding();
    expect((await home.holdfast('resume', 'backups')).stderr).toMatch(/^NOT_PAUSED/);
    expect((await home.holdfast('findings', 'unmute', id)).stderr).toMatch(/^MUTE_INVALID/);
    await home.holdfast('findings');
    expect(await entries()).toEqual([]);
    expect([existsSync(state('audit.head')), existsSync(state('keys/audit.key'))]).toEqual([false, false]);
    expect((await home.holdfast('audit')).stdout).toContain('No such entries');
    expect((await home.holdfast('audit', 'verify')).stdout).toContain('Sound: 0 entries');
  });

  it('no secret', async () => {
    const id = await aFinding();
    await home.holdfast('findings', 'ack', id, '--reason', 'see password=hunter2-lab-only');
    await home.holdfast('audit', 'export', 'log.jsonl');
    const kept = ['holdfast.db', 'holdfast.db-wal'].map((name) =>
      existsSync(state(name)) ? readFileSync(state(name), 'latin1') : '',
    );
    for (const text of [...kept, readFileSync(join(home.folder, 'log.jsonl'), 'utf8')])
      expect(text).not.toContain('hunter2-lab-only');
  });
});

describe('holdfast audit list and show', () => {
  it('choose by number, verb and object', async () => {
    const id = await aFinding();
    for (const reason of ['one', 'two']) await home.holdfast('findings', 'ack', id, '--reason', reason);
    await home.holdfast('pause', 'backups');
    expect((await entries('-n', '2')).map(({ seq }) => seq)).toEqual([4, 3]);
    expect((await entries('--verb', 'finding-acknowledged')).map(({ seq }) => seq)).toEqual([3, 2]);
    expect((await entries('--object', id.slice(0, 6).toLowerCase())).map(({ seq }) => seq)).toEqual([3, 2]);
    expect((await home.holdfast('audit', 'list', '--verb', 'nonsense')).code).toBe(2);
    const lines = (await home.holdfast('audit', 'list', '-o', 'ndjson')).stdout.trim().split('\n');
    expect(lines.map((line) => asDocument(line)['seq'])).toEqual([4, 3, 2, 1]);
  });

  it('show one by its id, in any case, without its prefix, or just its start', async () => {
    const id = await aFinding();
    await home.holdfast('findings', 'ack', id, '--reason', 'on it');
    const [entry] = await entries();
    for (const typed of [entry?.id ?? '', entry?.id.slice(2).toLowerCase() ?? ''])
      expect(await home.json('audit', 'show', typed)).toMatchObject({ seq: 2, detail: { said: 'on it' } });
    const { stdout } = await home.holdfast('audit', 'show', entry?.id ?? '');
    expect(stdout).toContain(`operator ${userInfo().username}`);
    expect(stdout).toMatch(/said +on it[\s\S]*Digest +sha256:[0-9a-f]{64}/);
    expect((await home.holdfast('audit', 'show', 'a-ZZZZ')).stderr).toMatch(/^NOT_FOUND .*audit entry/);
  });
});

describe('holdfast audit verify', () => {
  it('proves the log, and an export of it without any state', async () => {
    const id = await aFinding();
    await home.holdfast('findings', 'ack', id);
    const proof = await home.json('audit', 'verify');
    expect(proof).toMatchObject({ entries: 2, sealedTo: 2 });
    await home.json('audit', 'export', 'log.jsonl');
    const elsewhere = aHome();
    const copy = join(elsewhere.folder, 'copy.jsonl');
    writeFileSync(copy, readFileSync(join(home.folder, 'log.jsonl')));
    const key = String(proof['key']);
    expect(await elsewhere.json('audit', 'verify', copy, '--key', key)).toMatchObject({ entries: 2, key });
    expect(existsSync(join(elsewhere.folder, 'state'))).toBe(false);
    const other = await elsewhere.holdfast('audit', 'verify', copy, '--key', `sha256:${'0'.repeat(64)}`);
    expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/^AUDIT_BROKEN .*signed with the key/)]);
    expect((await home.holdfast('audit', 'export', 'log.jsonl')).stderr).toMatch(/^FILE_EXISTS/);
    expect((await home.holdfast('audit', 'verify', 'none.jsonl')).stderr).toMatch(/^NOT_FOUND .*ENOENT/);
    expect((await home.holdfast('audit', 'verify', '.')).stderr).toMatch(/^NOT_FOUND .*EISDIR/);
  });

  it('names the first entry that is wrong, and exits with 1', async () => {
    const id = await aFinding();
    for (const reason of ['first', 'second']) await home.holdfast('findings', 'ack', id, '--reason', reason);
    tamper("UPDATE audit SET body = replace(body, 'first', 'other')");
    const { code, stderr, stdout } = await home.holdfast('audit', 'verify');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^AUDIT_BROKEN .*holdfast\.db {2}entry 2 \(a-[0-9A-Z]{12}\): .*changed/);
    const document = asDocument((await home.holdfast('audit', 'verify', '-o', 'json')).stderr);
    expect(document).toMatchObject({ error: { code: 'AUDIT_BROKEN', where: state('holdfast.db') } });
    expect((await home.holdfast('audit', 'export', 'log.jsonl')).code).toBe(1);
    expect(existsSync(join(home.folder, 'log.jsonl'))).toBe(false);
  });

  it('sees that the end was cut off, and whoever writes next is told', async () => {
    const id = await aFinding();
    for (const reason of ['one', 'two', 'three']) await home.holdfast('findings', 'ack', id, '--reason', reason);
    tamper('DELETE FROM audit WHERE seq > 2');
    expect((await home.holdfast('audit', 'verify')).stderr).toContain('entry 3: it is gone');
    const next = await home.holdfast('findings', 'ack', id, '--reason', 'four');
    expect([next.code, next.stderr]).toEqual([1, expect.stringMatching(/^AUDIT_BROKEN .*signed over 4 entries/)]);
    expect((await entries('-n', '1'))[0]?.detail['said']).toBe('four');
    rmSync(state('audit.head'));
    expect((await home.holdfast('audit', 'verify')).stderr).toContain('audit.head is missing');
  });

  it('holds after a restore, which the log tells of: how far the one before went', async () => {
    const id = await aFinding();
    await home.holdfast('findings', 'ack', id, '--reason', 'one');
    await home.holdfast('backup', 'copy.db');
    for (const reason of ['two', 'three']) await home.holdfast('findings', 'ack', id, '--reason', reason);
    await home.holdfast('restore', 'copy.db');
    expect(await home.json('audit', 'verify')).toMatchObject({ entries: 3, sealedTo: 3 });
    expect(await entries('-n', '1')).toMatchObject([
      { verb: 'database-restored', detail: { from: join(home.folder, 'copy.db'), auditBefore: { entries: 4 } } },
    ]);
  });
});
