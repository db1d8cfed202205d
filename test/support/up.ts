import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { fingerprintOf } from '../../src/scheduler/fingerprint.ts';
import { openDatabase } from '../../src/store/database.ts';
import { schedulesTable } from '../../src/store/schedules.ts';
import { openStateDir } from '../../src/store/state-dir.ts';
import type { Home } from './cli.ts';

type Entry = Readonly<Record<string, unknown>>;

export interface RunningUp {
  readonly child: ChildProcess;
  /** The first log entry that fits, from now or before. */
  logged(fits: Entry): Promise<Entry>;
  /** What was logged so far. */
  entries(): readonly Entry[];
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** `holdfast up`, killed with the test at the latest. */
export function startUp(home: Home): RunningUp {
  const child = home.start('up', '--log', 'json');
  onTestFinished(() => void child.kill('SIGKILL'));
  const entries: Entry[] = [];
  const waiting: { readonly fits: Entry; resolve(entry: Entry): void; reject(error: Error): void }[] = [];
  let rest = '';
  let said = '';
  child.on('exit', () => {
    for (const { fits, reject } of waiting) reject(new Error(`up ended without ${JSON.stringify(fits)}: ${said}`));
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said += String(chunk);
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((text) => text.startsWith('{'))) {
      const entry = JSON.parse(line) as Entry;
      entries.push(entry);
      for (const waiter of waiting) if (isLike(entry, waiter.fits)) waiter.resolve(entry);
    }
  });
  return {
    child,
    entries: () => entries,
    logged: (fits) =>
      new Promise((resolve, reject) => {
        const known = entries.find((entry) => isLike(entry, fits));
        if (known === undefined) waiting.push({ fits, resolve, reject });
        else resolve(known);
      }),
    kill: async (signal) => {
      child.kill(signal);
      const [code]: unknown[] = await once(child, 'exit');
      return typeof code === 'number' ? code : null;
    },
  };
}

function isLike(entry: Entry, fits: Entry): boolean {
  return Object.entries(fits).every(([name, value]) => entry[name] === value);
}

const MINUTE = 60_000;

/** A runbook of every minute whose latest slot has no row yet, so that it is due the moment `up` starts. */
export function dueRunbook(home: Home, name: string, lines: string): void {
  mkdirSync(join(home.folder, 'runbooks'), { recursive: true });
  writeFileSync(join(home.folder, `runbooks/${name}.yaml`), `name: ${name}\ncron: "* * * * *"\ncatchUp: 10m\n${lines}`);
  const database = openDatabase(openStateDir(join(home.folder, 'state/holdfast')).database);
  try {
    schedulesTable(database).commitFiring(
      {
        runbook: name,
        fingerprint: fingerprintOf({ schedule: { kind: 'cron', expression: '* * * * *' }, zone: 'UTC' }),
        expected: null,
        outcomes: [],
        omitted: null,
        nextSlot: Math.floor(Date.now() / MINUTE) * MINUTE,
      },
      { runOf: () => never(), jobOf: () => never() },
    );
  } finally {
    database.close();
  }
}

function never(): never {
  throw new Error('nothing fires here');
}
