// `npm run soak -- [minutes]`: a real `holdfast up` with runbooks of every minute, killed at random (SIGKILL, or SIGTERM
// now and then) and started again, for as long as is asked. At the end every slot must have exactly one row with a reason
// that can be right, held against a listing made here from the schedules alone.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const MINUTE = 60_000;
const minutes = Number(process.argv[2] ?? 60);
const root = mkdtempSync(join(tmpdir(), 'holdfast-soak-'));
const env = {
  ...process.env,
  HOME: root,
  XDG_STATE_HOME: join(root, 'state'),
  XDG_CONFIG_HOME: join(root, 'config'),
  TZ: 'UTC',
};
mkdirSync(join(root, 'runbooks'));
mkdirSync(join(root, 'config/holdfast'), { recursive: true });
writeFileSync(join(root, 'config/holdfast/config.yaml'), 'notify: { default: [inbox] }\n');

interface Plan {
  readonly name: string;
  readonly text: string;
  /** Slots are the instants t with t % periodMs === phaseMs; the phase of an interval is learnt from its first row. */
  readonly periodMs: number;
  readonly phaseMs: number | null;
}

const plans: readonly Plan[] = [
  ...Array.from({ length: 10 }, (_, index) => plan(`cron-${index}`, 'cron: "* * * * *"', MINUTE, 0)),
  ...Array.from({ length: 5 }, (_, index) => plan(`two-${index}`, 'cron: "*/2 * * * *"', 2 * MINUTE, 0)),
  ...Array.from({ length: 10 }, (_, index) => plan(`every-${index}`, 'every: 1m', MINUTE, null)),
  plan('impatient', 'cron: "* * * * *"\ncatchUp: 0m', MINUTE, 0),
];
for (const { name, text } of plans) writeFileSync(join(root, `runbooks/${name}.yaml`), text);

function plan(name: string, schedule: string, periodMs: number, phaseMs: number | null): Plan {
  return { name, text: `name: ${name}\n${schedule}\nchecks: [host/load, host/memory]\n`, periodMs, phaseMs };
}

const end = Date.now() + minutes * MINUTE;
let kills = 0;
let stops = 0;
let child = await start();
const since = Date.now();
while (Date.now() < end) {
  await new Promise((resolve) =>
    setTimeout(resolve, Math.random() < 0.3 ? Math.random() * 3_000 : Math.random() * 100_000),
  );
  const signal = Math.random() < 0.8 ? 'SIGKILL' : 'SIGTERM';
  if (signal === 'SIGKILL') kills++;
  else stops++;
  child.kill(signal);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  if (Math.random() < 0.2) await new Promise((resolve) => setTimeout(resolve, Math.random() * 3 * MINUTE));
  child = await start();
}
await new Promise((resolve) => setTimeout(resolve, 70_000));
const until = Date.now() - 65_000;
child.kill('SIGTERM');
await once(child, 'exit');

const trouble = plans.flatMap(judge);
for (const line of trouble) console.log(line);
console.log(
  `${minutes} minutes, ${kills} SIGKILL, ${stops} SIGTERM, ${plans.length} runbooks: ${trouble.length === 0 ? 'every slot has its one row' : `${trouble.length} troubles`}`,
);
process.exitCode = trouble.length === 0 ? 0 : 1;
if (trouble.length === 0) rmSync(root, { recursive: true, force: true });
else console.log(`kept: ${root}`);

async function start(): Promise<ChildProcess> {
  const up = spawn(process.execPath, [join(import.meta.dirname, '../bin/holdfast.js'), 'up', '--log', 'json'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await Promise.race([once(up.stderr, 'data'), once(up, 'exit')]);
  up.stderr.resume();
  return up;
}

function judge({ name, periodMs, phaseMs }: Plan): string[] {
  const database = new DatabaseSync(join(root, 'state/holdfast/holdfast.db'), { readOnly: true });
  const rows = database
    .prepare(
      "SELECT slot, status, json_extract(body, '$.reason') AS reason FROM runs WHERE runbook = ? AND slot IS NOT NULL ORDER BY slot",
    )
    .all(name);
  const sound = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  database.close();
  const found = new Map(rows.map((row) => [Number(row['slot']), `${String(row['status'])} ${String(row['reason'])}`]));
  const phase = phaseMs ?? Number(rows[0]?.['slot']) % periodMs;
  const expected: number[] = [];
  for (let slot = Math.ceil((since - phase) / periodMs) * periodMs + phase; slot <= until; slot += periodMs)
    expected.push(slot);
  const right = /^(done null|skipped (collapsed|too-late|overlap)|failed interrupted)$/;
  return [
    ...(sound === 'ok' ? [] : [`${name}: the database is damaged: ${String(sound)}`]),
    ...(rows.length === found.size ? [] : [`${name}: a slot has two rows`]),
    ...expected.filter((slot) => !found.has(slot)).map((slot) => `${name}: no row for ${new Date(slot).toISOString()}`),
    ...[...found]
      .filter(([slot]) => slot % periodMs !== phase)
      .map(([slot]) => `${name}: a row for ${new Date(slot).toISOString()}, which is no slot`),
    ...[...found]
      .filter(([slot, state]) => slot <= until && !right.test(state))
      .map(([slot, state]) => `${name}: ${new Date(slot).toISOString()} is ${state}`),
  ];
}
