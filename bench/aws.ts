import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIZES } from './aws/account.ts';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'bin/holdfast.js');
const ROUNDS = 5;
const RUNBOOK = `name: nightly-bench
timeout: 30m
checks:
  - aws/exposure-*
  - aws/identity-*
  - aws/audit-*
baseline:
  name: bench
  of: [aws/*]
`;

interface Process {
  readonly ms: number;
  /** Of both cores. */
  readonly cpuMs: number;
  readonly peakMib: number;
}

/**
 * A nightly scan of a large synthetic account (bench/aws/account.ts) as a whole process, beside a process that makes the
 * very same calls with the bare SDK and does nothing with the answers: wall time as a ratio within one round, and peak of
 * resident memory. A third process serves the account over plain HTTP. `npm run build` comes first: what is measured is dist.
 */
export async function awsCost(): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-aws-'));
  const { server, url } = await serve();
  try {
    const home = homeOf(folder, url);
    writeFileSync(join(folder, 'nightly.yaml'), RUNBOOK);
    const scan = (): Process => run([BIN, 'run', join(folder, 'nightly.yaml'), '--quiet'], home, folder);
    scan(); // the baseline is taken, and what Node keeps of compiled code is made
    await callsSince(url);
    const first = scan();
    const calls = await callsSince(url);
    writeFileSync(join(folder, 'calls.json'), JSON.stringify(calls));
    const bare = (): Process =>
      run([join(import.meta.dirname, 'aws/baseline.ts'), join(folder, 'calls.json')], home, folder);
    bare();
    const rounds = Array.from({ length: ROUNDS }, () => ({ ours: scan(), theirs: bare() }));
    const median = (of: (round: (typeof rounds)[number]) => number): number =>
      rounds.map(of).toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? Number.NaN;
    return {
      name: 'aws',
      lines: [
        `an account of ${SIZES.groups} security groups, ${SIZES.instances} instances, ${SIZES.buckets} buckets, ${SIZES.roles} roles: ${calls.length} calls`,
        `nightly scan ${median(({ ours }) => ours.ms).toFixed(0)} ms (the first ${first.ms.toFixed(0)}), ${median(({ ours, theirs }) => ours.ms / theirs.ms).toFixed(2)} x the bare SDK (target 1.5), cpu ${median(({ ours, theirs }) => ours.cpuMs / theirs.cpuMs).toFixed(2)} x`,
        `peak ${median(({ ours }) => ours.peakMib).toFixed(0)} MiB (target 300; the bare SDK ${median(({ theirs }) => theirs.peakMib).toFixed(0)})`,
      ],
    };
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function homeOf(folder: string, url: string): NodeJS.ProcessEnv {
  mkdirSync(join(folder, '.aws'));
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  return {
    ...clean,
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'secret-of-the-bench',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

async function serve(): Promise<{ readonly server: ChildProcess; readonly url: string }> {
  const server = spawn(process.execPath, [join(import.meta.dirname, 'aws/server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(server.stdout, 'data');
  return { server, url: String(line).trim() };
}

async function callsSince(url: string): Promise<readonly object[]> {
  const calls: unknown = await (await fetch(`${url}/calls`)).json();
  if (!Array.isArray(calls)) throw new Error('the server of the bench does not say what it was asked');
  return calls;
}

function run(args: readonly string[], env: NodeJS.ProcessEnv, folder: string): Process {
  const [highWater, usage] = [join(folder, 'high-water'), join(folder, 'usage')];
  const started = performance.now();
  execFileSync(process.execPath, ['--import', join(import.meta.dirname, 'kubernetes/high-water.ts'), ...args], {
    env: { ...env, HIGH_WATER: highWater, CPU_USED: usage },
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ms = performance.now() - started;
  return { ms, cpuMs: Number(readFileSync(usage, 'utf8')), peakMib: Number(readFileSync(highWater, 'utf8')) / 1_024 };
}
