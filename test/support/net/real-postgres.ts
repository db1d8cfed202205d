import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import net from 'node:net';
import { closedPort, type RunningServer } from '../http/servers.ts';

/** Where a PostgreSQL is installed that can be run here: it refuses to run as root, so root needs someone else to be. */
const PROGRAMS = globSync('/usr/lib/postgresql/*/bin').toSorted().at(-1) ?? null;
const AS_ANOTHER =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'] : ['env'];

export const hasPostgres = PROGRAMS !== null && existsSync(join(PROGRAMS, 'initdb')) && canBeAnother();

/** A database of one test on a free port of the loopback, which lets people in as `auth` says. */
export async function startPostgres(
  auth: 'trust' | 'scram-sha-256',
  settings: readonly string[] = [],
): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-pg-'));
  chmodSync(folder, 0o777);
  const data = join(folder, 'data');
  const password = join(folder, 'password');
  writeFileSync(password, 'only-of-this-test\n', { mode: 0o644 });
  const initdb = ['-D', data, '-U', 'postgres', '-A', auth, `--pwfile=${password}`, '--no-sync', '--locale=C'];
  run(program('initdb'), initdb);
  const port = await closedPort();
  const [name = '', ...args] = [
    ...AS_ANOTHER,
    program('postgres'),
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    folder,
    ...['listen_addresses=127.0.0.1', 'fsync=off', ...settings].flatMap((setting) => ['-c', setting]),
  ];
  const server = spawn(name, args, { stdio: 'ignore', cwd: '/' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await untilReady(port);
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A session that is held open: it takes one of the server's connections, once an earlier one has given it back. */
export async function holdSession(port: number): Promise<Disposable> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = net.connect(port, '127.0.0.1');
    if (await letsIn(socket)) return { [Symbol.dispose]: () => socket.destroy() };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('PostgreSQL lets nobody in');
}

function letsIn(socket: net.Socket): Promise<boolean> {
  const text = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(text.length + 8, 0);
  head.writeUInt32BE(196_608, 4);
  socket.write(Buffer.concat([head, text]));
  return new Promise((resolve) => {
    // Ready for a question (Z): it is let in, and not only asked.
    socket.on('data', (chunk) => chunk.subarray(-6, -5).toString() === 'Z' && resolve(true));
    socket.on('error', () => resolve(false)).once('close', () => resolve(false));
  });
}

function program(name: string): string {
  return join(PROGRAMS ?? '', name);
}

function run(path: string, args: readonly string[]): void {
  const [name = '', ...rest] = [...AS_ANOTHER, path, ...args];
  execFileSync(name, rest, { stdio: 'pipe', cwd: '/' });
}

async function untilReady(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      run(program('pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('PostgreSQL did not start');
}

function canBeAnother(): boolean {
  try {
    run('/bin/true', []);
    return true;
  } catch {
    return false;
  }
}
