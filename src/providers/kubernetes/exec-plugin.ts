import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { errorCode } from '../../domain/failure.ts';
import { printable, printableStart } from '../../domain/printable.ts';
import { isRecord, jsonOf } from './call.ts';
import { ClusterAway } from './cluster-away.ts';

/** What a credential plug-in answered. */
export interface ExecCredential {
  readonly token: string | null;
  /** In PEM form. */
  readonly certificate: string | null;
  readonly key: string | null;
  /** Milliseconds since the epoch; null: it does not end. */
  readonly expiresAt: number | null;
}

export interface ExecWish {
  /** The `exec` of the kubeconfig's user, as it stands there. */
  readonly exec: Readonly<Record<string, unknown>>;
  /** What the plug-in is told of the cluster, when it asks to be told. */
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

/** As long as a token of the cloud's own command line may take. */
export const EXEC_WITHIN_MS = 30_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;

/**
 * Runs a credential plug-in of client-go (`exec` in a kubeconfig): told by KUBERNETES_EXEC_INFO what is asked, without
 * a terminal, within its time. Throws ClusterAway when there is no credential.
 */
export async function runExecPlugin({ exec, cluster, env, timeoutMs }: ExecWish): Promise<ExecCredential> {
  const command = exec['command'];
  const apiVersion = exec['apiVersion'];
  if (typeof command !== 'string' || command === '') throw failed('it names no command');
  if (exec['interactiveMode'] === 'Always')
    throw failed(`${printable(command)} wants a terminal (interactiveMode: Always): log in with kubectl first`);
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec['provideClusterInfo'] === true ? { cluster } : {}) },
  };
  const ran = await run(
    [command, ...strings(exec['args'])],
    { ...defined(env), ...variables(exec['env']), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    timeoutMs,
  );
  const name = printable(command);
  switch (ran.status) {
    case 'not-started':
      throw missing(name, ran.code, exec['installHint']);
    case 'late':
      throw new ClusterAway({
        code: 'EXEC_PLUGIN_TIMEOUT',
        message: `The credential plug-in ${name} did not answer within ${timeoutMs} ms, so nobody is logged in: run it by hand to see what it waits for.`,
      });
    case 'ended':
      if (ran.exit !== 0)
        throw failed(`${name} ended with ${ran.exit ?? 'a signal'}: ${printableStart(ran.errors.trim(), 300)}`);
      return credentialOf(ran.output, name);
  }
}

type Ran =
  | { readonly status: 'not-started'; readonly code: string }
  | { readonly status: 'late' }
  | { readonly status: 'ended'; readonly exit: number | null; readonly output: string; readonly errors: string };

async function run(
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Ran> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const [output, errors] = [gather(child.stdout), gather(child.stderr)];
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    const [exit] = await once(child, 'close', { signal: late.signal });
    return { status: 'ended', exit: typeof exit === 'number' ? exit : null, output: output(), errors: errors() };
  } catch (error) {
    if (!late.signal.aborted) return { status: 'not-started', code: errorCode(error) ?? 'SPAWN_FAILED' };
    killGroup(child);
    return { status: 'late' };
  } finally {
    clearTimeout(timer);
  }
}

function gather(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= OUTPUT_BYTES_MAX) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** With what it started itself. */
function killGroup(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function credentialOf(output: string, name: string): ExecCredential {
  const answer = jsonOf(output);
  const status = isRecord(answer) ? answer['status'] : undefined;
  if (!isRecord(status)) throw failed(`${name} answered something else than an ExecCredential with a status`);
  const [token, certificate, key] = ['token', 'clientCertificateData', 'clientKeyData'].map((field) => {
    const value = status[field];
    return typeof value === 'string' && value !== '' ? value : null;
  });
  if (token === null && (certificate === null || key === null))
    throw failed(`${name} answered neither a token nor a certificate with its key`);
  const expires = status['expirationTimestamp'];
  const at = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  return {
    token: token ?? null,
    certificate: certificate ?? null,
    key: key ?? null,
    expiresAt: Number.isFinite(at) ? at : null,
  };
}

function failed(what: string): ClusterAway {
  return new ClusterAway({
    code: 'EXEC_PLUGIN_FAILED',
    message: `The credential plug-in of the kubeconfig gave no credential: ${what}`,
  });
}

function missing(name: string, code: string, hint: unknown): ClusterAway {
  const words = typeof hint === 'string' && hint !== '' ? ` Its hint: ${printableStart(hint.trim(), 300)}` : '';
  return new ClusterAway({
    code: 'EXEC_PLUGIN_MISSING',
    message: `The credential plug-in ${name} that the kubeconfig names could not be started (${code}): install it, or see the PATH of this process.${words}`,
  });
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function variables(value: unknown): Readonly<Record<string, string>> {
  const list = Array.isArray(value) ? value.filter(isRecord) : [];
  return Object.fromEntries(list.map(({ name, value: text }) => [String(name), String(text)]));
}

function defined(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
