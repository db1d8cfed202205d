import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../src/domain/run.ts';
import { fingerprintOf } from '../../src/scheduler/fingerprint.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { runsTable } from '../../src/store/runs.ts';
import { schedulesTable } from '../../src/store/schedules.ts';
import { openStateDir } from '../../src/store/state-dir.ts';
import { aHome, type Home } from '../support/cli.ts';

const MINUTE = 60_000;

interface Upped {
  readonly child: ChildProcess;
  /** Resolves to the first log entry of that event, from now or before. */
  logged(event: string): Promise<Record<string, unknown>>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

function startUp(home: Home): Upped {
  const child = home.start('up', '--log', 'json');
  onTestFinished(() => void child.kill('SIGKILL'));
  const entries: Record<string, unknown>[] = [];
  const waiting: { event: string; resolve(entry: Record<string, unknown>): void }[] = [];
  let rest = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    rest += String(chunk);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((text) => text.startsWith('{'))) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      entries.push(entry);
      for (const waiter of waiting) if (waiter.event === entry['event']) waiter.resolve(entry);
    }
  });
  return {
    child,
    logged: (event) =>
      new Promise((resolve) => {
        const known = entries.find((entry) => entry['event'] === event);
        if (known !== undefined) resolve(known);
        else waiting.push({ event, resolve });
      }),
    kill: async (signal) => {
      child.kill(signal);
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  };
}

function withDatabase<T>(home: Home, work: (database: Database) => T): T {
  const database = openDatabase(openStateDir(join(home.folder, 'state/holdfast')).database);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

const runsOf = (home: Home, runbook: string): readonly Run[] =>
  withDatabase(home, (database) => runsTable(database).latest({ limit: 100, runbook }));

/**
 * A runbook whose latest slot, this minute's, has no row yet, so that it is due the moment `up` starts. It has one slot
 * an hour: when the minute ends meanwhile, no younger slot takes the place of this one.
 */
function dueRunbook(home: Home, name: string, checks: string, more = ''): number {
  const slot = Math.floor(Date.now() / MINUTE) * MINUTE;
  const expression = `${new Date(slot).getUTCMinutes()} * * * *`;
  mkdirSync(join(home.folder, 'runbooks'), { recursive: true });
  writeFileSync(
    join(home.folder, `runbooks/${name}.yaml`),
    `name: ${name}\ncron: "${expression}"\ncatchUp: 10m\n${more}checks:\n  - ${checks}\n`,
  );
  withDatabase(home, (database) => {
    const fingerprint = fingerprintOf({ schedule: { kind: 'cron', expression }, zone: 'UTC' });
    schedulesTable(database).commitFiring(
      { runbook: name, fingerprint, expected: null, outcomes: [], omitted: null, nextSlot: slot },
      { runOf: () => never(), jobOf: () => never() },
    );
  });
  return slot;
}

function never(): never {
  throw new Error('nothing fires here');
}

async function slowServer(): Promise<{ url: string; asked(): Promise<void> }> {
  let tell = (): void => undefined;
  const server = createServer(() => tell()).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: () => new Promise((resolve) => (tell = resolve)),
  };
}

describe('holdfast up', () => {
  it('runs what is due, one row for the slot, and ends on SIGTERM', async () => {
    const home = aHome();
    const slot = dueRunbook(home, 'beat', 'host/load');
    const up = startUp(home);
    expect(await up.logged('run')).toMatchObject({ runbook: 'beat', status: 'done' });
    expect(await up.kill('SIGTERM')).toBe(0);
    await up.logged('stopped');
    const rows = runsOf(home, 'beat').filter((run) => run.slot === slot);
    expect(rows).toMatchObject([{ status: 'done', trigger: 'schedule', attempt: 1 }]);
  });

  it('is alone on its state directory: a second one says so and ends', async () => {
    const home = aHome();
    const up = startUp(home);
    await up.logged('up');
    const second = await home.holdfast('up');
    expect([second.code, second.stderr.startsWith('ALREADY_UP')]).toEqual([2, true]);
    expect((await home.json('status'))['up']).toMatchObject({ pid: up.child.pid });
    await up.kill('SIGTERM');
    expect((await home.json('status'))['up']).toBeNull();
  });

  it('begins a run anew that was cut off by SIGKILL, in the same row', async () => {
    const home = aHome();
    const { url, asked } = await slowServer();
    const slot = dueRunbook(home, 'slow', `net/http: { url: "${url}", timeout: 20s, attempts: 1 }`);
    const first = startUp(home);
    await asked();
    await first.kill('SIGKILL');
    expect(runsOf(home, 'slow')).toMatchObject([{ slot, status: 'running' }]);
    const second = startUp(home);
    await second.logged('recovered');
    await asked();
    expect(runsOf(home, 'slow').filter((run) => run.slot === slot)).toMatchObject([{ status: 'running', attempt: 2 }]);
    await second.kill('SIGKILL');
  });

  it(
    'hands back what is in hand on SIGTERM, within ten seconds, and the next one carries it out',
    { timeout: 60_000 },
    async () => {
      const home = aHome();
      const { url, asked } = await slowServer();
      const slot = dueRunbook(home, 'slow', `net/http: { url: "${url}", timeout: 25s, attempts: 1 }`);
      const up = startUp(home);
      await asked();
      expect(await up.kill('SIGTERM')).toBe(0);
      expect(runsOf(home, 'slow').filter((run) => run.slot === slot)).toMatchObject([{ status: 'queued', attempt: 1 }]);
      const next = startUp(home);
      await asked();
      expect(runsOf(home, 'slow').filter((run) => run.slot === slot)).toMatchObject([
        { status: 'running', attempt: 1 },
      ]);
      await next.kill('SIGKILL');
    },
  );

  it('ends at once on a second signal', async () => {
    const home = aHome();
    const { url, asked } = await slowServer();
    dueRunbook(home, 'slow', `net/http: { url: "${url}", timeout: 25s, attempts: 1 }`);
    const up = startUp(home);
    await asked();
    up.child.kill('SIGTERM');
    await up.logged('stopping');
    expect(await up.kill('SIGTERM')).toBeNull();
  });

  it('skips the slots of a paused runbook, and says so', async () => {
    const home = aHome();
    const slot = dueRunbook(home, 'beat', 'host/load');
    await home.json('pause', 'beat', '--reason', 'moving house');
    const up = startUp(home);
    expect(await up.logged('skipped')).toMatchObject({ runbook: 'beat', reason: 'paused' });
    await up.kill('SIGTERM');
    expect(runsOf(home, 'beat').filter((run) => run.slot === slot)).toMatchObject([
      { status: 'skipped', reason: 'paused' },
    ]);
    await home.json('resume', 'beat');
    expect((await home.holdfast('resume', 'beat')).stderr).toMatch(/^NOT_PAUSED/);
    expect((await home.holdfast('pause', 'nobody')).stderr).toMatch(/^NOT_FOUND/);
  });

  it('is not held up by a run by hand that was killed', async () => {
    const home = aHome();
    const { url, asked } = await slowServer();
    const slot = dueRunbook(home, 'beat', `net/http: { url: "${url}", timeout: 25s, attempts: 1 }`);
    const byHand = home.start('run', 'runbooks/beat.yaml');
    await asked();
    byHand.kill('SIGKILL');
    await once(byHand, 'exit');
    const up = startUp(home);
    await asked();
    expect(
      runsOf(home, 'beat').map(({ trigger, status, reason, slot: at }) => [trigger, status, reason, at]),
    ).toContainEqual(['manual', 'failed', 'interrupted', null]);
    expect(runsOf(home, 'beat').find((run) => run.slot === slot)).toMatchObject({ status: 'running' });
    await up.kill('SIGKILL');
  });

  it('keeps the last good version of a broken edit, which is a finding until it is put right', async () => {
    const home = aHome();
    dueRunbook(home, 'beat', 'host/load');
    const file = join(home.folder, 'runbooks/beat.yaml');
    const up = startUp(home);
    await up.logged('run');
    writeFileSync(file, 'name: beat\nevery: 30 min\n');
    expect(await up.logged('runbook-file')).toMatchObject({ level: 'warning' });
    // The machine that tests run on may be loaded, which is a finding of its own.
    const aboutFiles = async () =>
      ((await home.json('findings')) as { findings: { check: string; why: string }[] }).findings.filter(
        ({ check }) => check === 'holdfast/runbook-files',
      );
    const findings = await aboutFiles();
    expect(findings).toHaveLength(1);
    expect(findings[0]?.why).toContain('The last good version of "beat" goes on running');
    await up.kill('SIGTERM');
    writeFileSync(file, 'name: beat\nchecks: [host/load]\n');
    const again = startUp(home);
    await again.logged('up');
    expect(await aboutFiles()).toEqual([]);
    await again.kill('SIGTERM');
  });

  it('finishes a run whose runbook is deleted while it runs', async () => {
    const home = aHome();
    const { url, asked } = await slowServer();
    const slot = dueRunbook(home, 'slow', `net/http: { url: "${url}", timeout: 2s, attempts: 1 }`);
    const up = startUp(home);
    await asked();
    rmSync(join(home.folder, 'runbooks/slow.yaml'));
    expect(await up.logged('run')).toMatchObject({ runbook: 'slow', status: 'done' });
    expect(runsOf(home, 'slow').filter((run) => run.slot === slot)).toMatchObject([{ status: 'done' }]);
    await up.kill('SIGTERM');
  });

  it('notices at its start that the clock was set back meanwhile', async () => {
    const home = aHome();
    withDatabase(home, (database) => schedulesTable(database).raiseHighWaterMark(Date.now() + 3_600_000));
    const up = startUp(home);
    expect(Number((await up.logged('clock-back'))['byMs'])).toBeGreaterThan(3_590_000);
    await up.kill('SIGTERM');
  });
});

describe('holdfast runbook next', () => {
  it('tells the slots as the scheduler reckons them, in their zone, DST included', async () => {
    const home = aHome();
    mkdirSync(join(home.folder, 'runbooks'));
    writeFileSync(
      join(home.folder, 'runbooks/nightly.yaml'),
      'cron: "30 2 * * *"\ntimezone: Europe/Berlin\nchecks: [host/load]\n',
    );
    const { slots } = (await home.json(
      'runbook',
      'next',
      'nightly',
      '--from',
      '2027-03-26T12:00Z',
      '--count',
      '3',
    )) as {
      slots: { at: string }[];
    };
    expect(slots.map(({ at }) => at)).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-28T01:00:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ]);
    const { stdout } = await home.holdfast('runbook', 'next', 'nightly', '--from', '2027-03-26T12:00Z', '--count', '2');
    expect(stdout).toContain('Sun 2027-03-28 03:00 GMT+2');
    expect((await home.holdfast('runbook', 'next', 'nightly', '--from', 'soon')).stderr).toContain(
      '"soon" is not a time',
    );
  });

  it('marks what the active hours will skip, and says when nothing is scheduled', async () => {
    const home = aHome();
    mkdirSync(join(home.folder, 'runbooks'));
    expect((await home.holdfast('runbook', 'next')).stdout).toContain('Nothing is scheduled.');
    writeFileSync(
      join(home.folder, 'runbooks/day.yaml'),
      'cron: "0 3,12 * * *"\ntimezone: UTC\nactiveHours: { from: "07:00", to: "23:00" }\nchecks: [host/load]\n',
    );
    const { slots } = (await home.json('runbook', 'next', 'day', '--from', '2026-11-20T00:00Z', '--count', '2')) as {
      slots: { active: boolean }[];
    };
    expect(slots.map(({ active }) => active)).toEqual([false, true]);
  });
});
