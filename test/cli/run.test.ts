import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aHome, asDocument, type Home } from '../support/cli.ts';

/** A runbook that asks whether a backup is there: nothing else on the machine matters to it. */
function backupRunbook(home: Home, name = 'backups'): string {
  const file = `${name}.yaml`;
  writeFileSync(
    join(home.folder, file),
    `name: ${name}\nchecks:\n  - host/file-age: { path: "${home.folder}/backup/*.tar", olderThan: 1d }\n`,
  );
  mkdirSync(join(home.folder, 'backup'), { recursive: true });
  return file;
}

const makeBackup = (home: Home): void => writeFileSync(join(home.folder, 'backup', 'today.tar'), 'x'.repeat(100));

/** A server that answers when the test says so. */
async function slowServer(): Promise<{ port: number; asked: Promise<unknown>; answer(): void }> {
  let answer = (): void => undefined;
  const server = createServer((_request, response) => {
    answer = () => response.end('ok');
    server.emit('asked');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, asked: once(server, 'asked'), answer: () => answer() };
}

describe('holdfast run', () => {
  it('says new, then ongoing, then resolved', async () => {
    const home = aHome();
    const file = backupRunbook(home);
    const standings: unknown[] = [];
    for (const made of [false, false, true, true]) {
      if (made) makeBackup(home);
      const run = await home.json('run', file);
      standings.push((run['findings'] as { standing: string }[]).map(({ standing }) => standing));
    }
    expect(standings).toEqual([['new'], ['ongoing'], ['ongoing'], ['resolved']]);
    const { stdout } = await home.holdfast('run', 'backups.yaml');
    expect(stdout).toContain('All clear.');
  });

  it('tells a person the title, why, what next and the evidence', async () => {
    const home = aHome();
    const { stdout, code } = await home.holdfast('run', backupRunbook(home));
    expect(code).toBe(0);
    expect(stdout).toMatch(/HIGH|MEDIUM|CRITICAL/);
    for (const part of ['new · host/file-age', 'Why', 'Next', 'Seen', '1 new, 0 ongoing, 0 resolved.'])
      expect(stdout).toContain(part);
  });

  it('exits with 3 at or above --fail-on, 4 for unknown with --fail-on-unknown, 0 otherwise', async () => {
    const home = aHome();
    const file = backupRunbook(home);
    writeFileSync(join(home.folder, 'HEARTBEAT.md'), 'Is everything well?\n');
    const codes = await Promise.all([
      home.holdfast('run', file),
      home.holdfast('run', 'HEARTBEAT.md'),
      home.holdfast('run', 'HEARTBEAT.md', '--fail-on', 'low'),
      home.holdfast('run', 'HEARTBEAT.md', '--fail-on-unknown'),
    ]);
    expect(codes.map(({ code }) => code)).toEqual([0, 0, 0, 4]);
    expect((await home.holdfast('run', file, '--fail-on', 'info')).code).toBe(3);
    const { findings } = (await home.json('findings')) as { findings: { id: string }[] };
    await home.holdfast('findings', 'mute', findings[0]?.id ?? '', '--reason', 'moving house', '--for', '7d');
    expect((await home.holdfast('run', file, '--fail-on', 'info')).code).toBe(0);
  });

  it('prints every form, and results only on stdout', async () => {
    const home = aHome();
    const file = backupRunbook(home);
    const [ndjson, markdown, junit] = await Promise.all(
      ['ndjson', 'markdown', 'junit'].map((form) => home.holdfast('run', file, '-o', form)),
    );
    expect(
      ndjson?.stdout
        .trimEnd()
        .split('\n')
        .map((line) => asDocument(line)['schema']),
    ).toEqual(['holdfast/run/v1']);
    expect(markdown?.stdout).toMatch(/^# backups\n/);
    expect(junit?.stdout).toMatch(/<testsuite name="backups".* tests="1" failures="1" errors="0"/);
    expect([ndjson, markdown, junit].map((told) => told?.stderr.replace(/^Another run.*\n/, ''))).toEqual(['', '', '']);
  });

  it('runs several, and finds them by name', async () => {
    const home = aHome();
    mkdirSync(join(home.folder, 'runbooks'));
    backupRunbook(home, 'runbooks/first');
    writeFileSync(join(home.folder, 'runbooks/first.yaml'), 'name: first\nchecks: [host/load]\n');
    writeFileSync(join(home.folder, 'runbooks/second.yaml'), 'name: second\nchecks: [host/memory]\n');
    const runs = await home.json('run', 'first', 'second');
    expect((runs['runs'] as { runbook: string }[]).map(({ runbook }) => runbook)).toEqual(['first', 'second']);
    const { stderr, code } = await home.holdfast('run', 'secnod');
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "second"?');
  });

  it('refuses a runbook with mistakes before anything runs, telling each with its place', async () => {
    const home = aHome();
    writeFileSync(join(home.folder, 'bad.yaml'), 'name: bad\nevery: 30 min\nchekcs: []\nchecks: [host/dsik]\n');
    const { code, stderr, stdout } = await home.holdfast('run', backupRunbook(home), 'bad.yaml');
    expect([code, stdout]).toEqual([2, '']);
    for (const place of ['bad.yaml:2:', 'bad.yaml:3:', 'bad.yaml:4:']) expect(stderr).toContain(place);
    expect((await home.json('runs'))['runs']).toEqual([]);
  });

  it('waits for another run of the same runbook instead of skipping it', async () => {
    const home = aHome();
    const { port, asked, answer } = await slowServer();
    writeFileSync(
      join(home.folder, 'slow.yaml'),
      `name: slow\nchecks:\n  - net/http: { url: "http://127.0.0.1:${port}/", timeout: 20s }\n`,
    );
    const first = home.start('run', 'slow.yaml');
    await asked;
    const second = home.start('run', 'slow.yaml');
    const waits = new Promise((resolve) =>
      second.stderr?.on('data', (chunk: Buffer) => String(chunk).includes('waiting') && resolve(true)),
    );
    expect(await waits).toBe(true);
    answer();
    await once(first, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 500));
    answer();
    await once(second, 'exit');
    const { runs } = (await home.json('runs')) as { runs: { status: string }[] };
    expect(runs.map(({ status }) => status)).toEqual(['done', 'done']);
  });

  it('that is killed in the middle is told by the next one, and nothing is lost', async () => {
    const home = aHome();
    const { port, asked } = await slowServer();
    const file = backupRunbook(home);
    await home.holdfast('run', file);
    writeFileSync(
      join(home.folder, file),
      `name: backups\nchecks:\n  - host/file-age: { path: "${home.folder}/backup/*.tar", olderThan: 1d }\n  - net/http: { url: "http://127.0.0.1:${port}/", timeout: 20s }\n`,
    );
    const killed = home.start('run', file);
    await asked;
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    backupRunbook(home);
    const { stdout } = await home.holdfast('run', file);
    expect(stdout).toMatch(/An earlier run, r-[0-9A-Z]{12}, was\s+interrupted/);
    const { runs } = (await home.json('runs')) as { runs: { status: string; reason: string | null }[] };
    expect(runs.map(({ status, reason }) => [status, reason])).toEqual([
      ['done', null],
      ['failed', 'interrupted'],
      ['done', null],
    ]);
    expect(((await home.json('findings')) as { findings: unknown[] }).findings).toHaveLength(1);
  });

  it('ends with 130 and a kept run when it is interrupted', async () => {
    const home = aHome();
    const { port, asked } = await slowServer();
    writeFileSync(
      join(home.folder, 'slow.yaml'),
      `name: slow\nchecks:\n  - net/http: { url: "http://127.0.0.1:${port}/", timeout: 20s }\n`,
    );
    const run = home.start('run', 'slow.yaml');
    await asked;
    run.kill('SIGINT');
    const [code] = (await once(run, 'exit')) as [number];
    expect(code).toBe(130);
    expect(((await home.json('runs')) as { runs: { reason: string }[] }).runs[0]?.reason).toBe('interrupted');
  });
});

describe('a secret', () => {
  it('in a body, a URL or the environment reaches no output and no file', async () => {
    const canary = 'correct-horse-battery-9411';
    const home = aHome({ SHOP_API_TOKEN: canary });
    const server = createServer((_request, response) => {
      response.statusCode = 500;
      response.end(
        `{"status":"down","password":"hunter2-lab-only","note":"the token is ${canary}","b64":"${Buffer.from(canary).toString('base64')}"}`,
      );
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz?api_key=${canary}`;
    writeFileSync(
      join(home.folder, 'shop.yaml'),
      `name: shop\nchecks:\n  - net/http: { url: "${url}", body: { contains: all good }, json: { path: $.note, equals: ok } }\n`,
    );
    const told = await Promise.all(
      ['human', 'json', 'markdown', 'junit'].map((form) => home.holdfast('run', 'shop.yaml', '-o', form)),
    );
    const shown = [...told, await home.holdfast('findings'), await home.holdfast('runs', '-o', 'json')]
      .map(({ stdout, stderr }) => stdout + stderr)
      .join('\n');
    expect(shown).toContain('shop');
    const database = new DatabaseSync(join(home.folder, 'state/holdfast/holdfast.db'), { readOnly: true });
    const kept = ['runs', 'findings', 'finding_events', 'samples']
      .map((table) => JSON.stringify(database.prepare(`SELECT * FROM ${table}`).all()))
      .join('\n');
    database.close();
    for (const secret of [canary, Buffer.from(canary).toString('base64'), 'hunter2-lab-only']) {
      expect(shown).not.toContain(secret);
      expect(kept).not.toContain(secret);
    }
  });
});
