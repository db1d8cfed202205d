// `npm run bench`: what Holdfast costs, as ratios against something measured in the same run, because
// absolute times of a shared machine say little. Nothing here is a test. `npm run bench -- scheduler` (some five minutes),
// `npm run bench -- queue`, `-- audit`, `-- policy`, `-- mcp` (some minutes), `-- kubernetes`, `-- aws`, `-- cost` and
// `-- agents` (some minutes, after `npm run build`) measure those parts.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentCosts } from './agents.ts';
import { auditSpeed } from './audit.ts';
import { awsCost } from './aws.ts';
import { costFigures } from './cost.ts';
import { kubernetesCost } from './kubernetes.ts';
import { mcpCost } from './mcp.ts';
import { policySpeed } from './policy.ts';
import { queueSpeed } from './queue.ts';
import { redactionSpeed } from './redaction.ts';
import { scheduleFigures } from './schedule.ts';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'bin/holdfast.js');
const ROUNDS = 15;
const home = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const env = { ...process.env, HOME: home, XDG_STATE_HOME: join(home, 'state'), XDG_CONFIG_HOME: join(home, 'config') };

const PARTS: Readonly<Record<string, () => Promise<{ readonly lines: readonly string[] }>>> = {
  scheduler: scheduleFigures,
  queue: queueSpeed,
  audit: auditSpeed,
  policy: async () => policySpeed(),
  kubernetes: kubernetesCost,
  agents: agentCosts,
  aws: awsCost,
  cost: costFigures,
  mcp: mcpCost,
};
const wanted = process.argv[2];
const part = wanted === undefined ? undefined : PARTS[wanted];
if (wanted === undefined) await commands();
else if (part === undefined) throw new Error(`there is no part "${wanted}"; known: ${Object.keys(PARTS).join(', ')}`);
else for (const line of (await part()).lines) console.log(line);
rmSync(home, { recursive: true, force: true });

async function commands(): Promise<void> {
  const heartbeat = join(home, 'heartbeat.yaml');
  writeFileSync(heartbeat, 'name: heartbeat\nchecks: [host/*]\n');
  // In turn, so that a machine that slows down slows all of them down.
  const bare: number[] = [];
  const help: number[] = [];
  const beat: number[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    const times = [timeOf(['-e', '0']), timeOf([BIN, '--help']), timeOf([BIN, 'run', heartbeat, '--quiet'])] as const;
    if (round < 0) continue;
    bare.push(times[0]);
    help.push(times[1]);
    beat.push(times[2]);
  }
  console.log(`bare node -e 0: ${median(bare).toFixed(1)} ms (the unit of what follows; median of ${ROUNDS})`);
  console.log(`holdfast --help: ${ratio(help, bare)} x bare node (target 1.6)`);
  console.log(`a quiet beat, whole process: ${ratio(beat, bare)} x bare node`);
  const redaction = await redactionSpeed();
  for (const line of redaction.lines) console.log(line);
}

function timeOf(args: readonly string[]): number {
  const started = performance.now();
  execFileSync(process.execPath, args, { env, cwd: home, stdio: 'ignore' });
  return performance.now() - started;
}

/** The median of the ratios of each round. */
function ratio(a: readonly number[], b: readonly number[]): string {
  return median(a.map((value, index) => value / (b[index] ?? Number.NaN))).toFixed(2);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
