// What the scheduler costs: slot-to-start for 1,000 spread runbooks and for 1,000 at the same minute, idle memory and
// CPU against bare Node, and how soon interrupted work starts again after SIGKILL. Figures of one run; nothing is a test.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const BIN = join(import.meta.dirname, '../bin/holdfast.js');
const RUNBOOKS = 1_000;
const CLOCK_TICKS = 100;

/** Takes about four minutes. */
export async function scheduleFigures(): Promise<{ readonly name: string; readonly lines: readonly string[] }> {
  const lines = [...(await spread()), ...(await sameMinute()), ...(await idle()), ...(await interrupted())];
  return { name: 'scheduler', lines };
}

interface Machine {
  readonly folder: string;
  readonly up: ChildProcess;
  query(sql: string, ...params: (string | number)[]): Record<string, unknown>[];
  stop(): Promise<void>;
}

async function start(runbookText: (index: number) => string, count: number): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  mkdirSync(join(folder, 'runbooks'));
  for (let index = 0; index < count; index++)
    writeFileSync(join(folder, 'runbooks', `r${index}.yaml`), runbookText(index));
  const up = launch(folder);
  await logged(up, '"event":"up"');
  return {
    folder,
    up,
    query: (sql, ...params) => {
      const database = new DatabaseSync(join(folder, 'state/holdfast/holdfast.db'), { readOnly: true });
      try {
        return database.prepare(sql).all(...params);
      } finally {
        database.close();
      }
    },
    stop: async () => {
      up.kill('SIGKILL');
      await once(up, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function launch(folder: string): ChildProcess {
  const env = {
    ...process.env,
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    TZ: 'UTC',
  };
  return spawn(process.execPath, [BIN, 'up', '--log', 'json'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function logged(up: ChildProcess, mark: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    up.stderr?.on('data', (chunk: Buffer) => {
      text = (text + String(chunk)).slice(-4_000);
      if (text.includes(mark)) resolve();
    });
    up.once('exit', () => reject(new Error(`up ended: ${text}`)));
  });
}

const QUIET = 'checks: [host/load]';

async function spread(): Promise<readonly string[]> {
  const machine = await start((index) => `name: r${index}\nevery: 1m\n${QUIET}\n`, RUNBOOKS);
  await seconds(75);
  const late = machine
    .query("SELECT started_at - slot AS late FROM runs WHERE slot IS NOT NULL AND status = 'done'")
    .map((row) => Number(row['late']));
  await machine.stop();
  return [
    `spread over a minute: ${late.length} runs of ${RUNBOOKS} runbooks, slot to start ${percentiles(late)} (target p99 under 50 ms)`,
  ];
}

async function sameMinute(): Promise<readonly string[]> {
  const machine = await start((index) => `name: r${index}\ncron: "* * * * *"\n${QUIET}\n`, RUNBOOKS);
  const slot = Math.ceil((Date.now() + 2_000) / 60_000) * 60_000;
  await seconds((slot - Date.now()) / 1_000);
  let rows = 0;
  let allRowsMs = Number.NaN;
  while (Date.now() < slot + 20_000) {
    rows = Number(machine.query('SELECT count(*) AS n FROM runs WHERE slot = ?', slot)[0]?.['n']);
    if (rows >= RUNBOOKS) {
      allRowsMs = Date.now() - slot;
      break;
    }
    await seconds(0.02);
  }
  await seconds(35);
  const ended = Number(
    machine.query("SELECT count(*) AS n FROM runs WHERE slot = ? AND status = 'done'", slot)[0]?.['n'],
  );
  await machine.stop();
  return [
    `all at one minute: ${rows} of ${RUNBOOKS} rows after ${allRowsMs} ms (target 1,000 ms), ${ended} done within 35 s`,
  ];
}

async function idle(): Promise<readonly string[]> {
  const machine = await start((index) => `name: r${index}\ncron: "0 0 1 1 *"\n${QUIET}\n`, RUNBOOKS);
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await seconds(10);
  const before = cpuTicks(machine.up);
  await seconds(30);
  const cpu = ((cpuTicks(machine.up) - before) / CLOCK_TICKS / 30) * 100;
  const [ours, theirs] = [rssMiB(machine.up), rssMiB(bare)];
  bare.kill();
  await machine.stop();
  return [
    `idle with ${RUNBOOKS} runbooks: ${ours.toFixed(0)} MiB resident, ${(ours / theirs).toFixed(2)} x bare node's ${theirs.toFixed(0)} (target 90 MB); ${cpu.toFixed(2)} % CPU (target 1 %)`,
  ];
}

/** Kills `up` while a run waits for a server, starts it again, and waits for the server to be asked anew. */
async function interrupted(): Promise<readonly string[]> {
  let asked = (): void => undefined;
  const server = createServer(() => asked()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const first = new Promise<void>((resolve) => (asked = resolve));
  const machine = await start(
    () =>
      `name: slow\ncron: "* * * * *"\ncatchUp: 10m\nchecks:\n  - net/http: { url: "http://127.0.0.1:${port}/", timeout: 25s }\n`,
    1,
  );
  await first;
  machine.up.kill('SIGKILL');
  await once(machine.up, 'exit');
  const again = new Promise<void>((resolve) => (asked = resolve));
  const started = performance.now();
  const second = launch(machine.folder);
  await again;
  const ms = performance.now() - started;
  second.kill('SIGKILL');
  await once(second, 'exit');
  server.closeAllConnections();
  server.close();
  rmSync(machine.folder, { recursive: true, force: true });
  return [`interrupted work: asked again ${ms.toFixed(0)} ms after the new process was started (target 1,000 ms)`];
}

function cpuTicks(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function rssMiB(child: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

function percentiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}

function seconds(amount: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, amount * 1_000)));
}

if (import.meta.main) for (const line of (await scheduleFigures()).lines) console.log(line);
