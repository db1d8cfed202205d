import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'bin/holdfast.js');
const RUNBOOK = join(ROOT, 'runbooks/kubernetes-heartbeat.md');
const SIZES = [1_000, 10_000, 50_000];
const ROUNDS = 5;

interface Process {
  readonly ms: number;
  /** Of both cores. */
  readonly cpuMs: number;
  readonly peakMib: number;
}

/**
 * The heartbeat of a cluster as a whole process, for clusters of three sizes, beside a process that fetches the same
 * pages one after another and parses them: wall time as a ratio within one round, peak of resident memory (VmHWM), and
 * growth. The cluster is synthetic (bench/kubernetes/cluster.ts) and served by a third process over plain HTTP, so that
 * neither side pays for TLS. `npm run build` comes first: what is measured is dist.
 */
export async function kubernetesCost(): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-kube-'));
  try {
    const lines: string[] = [];
    let smaller: { readonly pods: number; readonly ms: number } | null = null;
    for (const pods of SIZES) {
      const { line, ms } = await ofSize(pods, join(folder, String(pods)));
      const growth =
        smaller === null
          ? ''
          : `; ${(ms / smaller.ms).toFixed(1)} x the time for ${(pods / smaller.pods).toFixed(0)} x the pods`;
      lines.push(line + growth);
      smaller = { pods, ms };
    }
    return { name: 'kubernetes', lines };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ofSize(pods: number, folder: string): Promise<{ readonly line: string; readonly ms: number }> {
  mkdirSync(folder);
  const { server, url } = await serve(pods, join(folder, 'pages'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigOf(url));
    const home = {
      ...process.env,
      HOME: folder,
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_CACHE_HOME: join(folder, 'cache'),
    };
    const beat = (): Process => run([BIN, 'run', RUNBOOK, '--quiet'], { ...home, KUBECONFIG: kubeconfig }, folder);
    const bare = (): Process => run([join(import.meta.dirname, 'kubernetes/baseline.ts'), url], home, folder);
    beat(); // what Node keeps of compiled code is made now
    const requests = await keptRequests(url);
    const rounds: { readonly ours: Process; readonly theirs: Process }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push({ ours: beat(), theirs: bare() });
    const median = (of: (round: (typeof rounds)[number]) => number): number =>
      rounds.map(of).toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? Number.NaN;
    const line = [
      `${pods} pods, ${requests} requests: heartbeat ${median(({ ours }) => ours.ms).toFixed(0)} ms`,
      `${median(({ ours, theirs }) => ours.ms / theirs.ms).toFixed(2)} x fetch and parse (cpu ${median(({ ours, theirs }) => ours.cpuMs / theirs.cpuMs).toFixed(2)} x)`,
      `peak ${median(({ ours }) => ours.peakMib).toFixed(0)} MiB (theirs ${median(({ theirs }) => theirs.peakMib).toFixed(0)})`,
    ].join(', ');
    return { line, ms: median(({ ours }) => ours.ms) };
  } finally {
    server.kill();
  }
}

async function serve(pods: number, folder: string): Promise<{ readonly server: ChildProcess; readonly url: string }> {
  const server = spawn(process.execPath, [join(import.meta.dirname, 'kubernetes/server.ts'), String(pods), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(server.stdout, 'data');
  return { server, url: `http://127.0.0.1:${String(port).trim()}` };
}

/** How many there were, which are what the baseline makes again from now on. */
async function keptRequests(url: string): Promise<number> {
  const requests: unknown = await (await fetch(`${url}/requests?keep`)).json();
  if (!Array.isArray(requests)) throw new Error('the server of the bench does not say what it was asked');
  return requests.length;
}

function run(args: readonly string[], env: NodeJS.ProcessEnv, folder: string): Process {
  const [highWater, usage] = [join(folder, 'high-water'), join(folder, 'usage')];
  const started = performance.now();
  try {
    execFileSync(process.execPath, ['--import', join(import.meta.dirname, 'kubernetes/high-water.ts'), ...args], {
      env: { ...env, HIGH_WATER: highWater, CPU_USED: usage },
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch (error) {
    // 1 says that there are findings: the Warnings of the synthetic cluster may be some.
    if (!(error instanceof Error && 'status' in error && error.status === 1)) throw error;
  }
  const ms = performance.now() - started;
  return {
    ms,
    cpuMs: Number(readFileSync(usage, 'utf8')),
    peakMib: Number(readFileSync(highWater, 'utf8')) / 1_024,
  };
}

function kubeconfigOf(url: string): string {
  return JSON.stringify({
    'current-context': 'bench',
    clusters: [{ name: 'bench', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: { token: 'bench-token' } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  });
}
