import { readFile } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { findSocketOwners } from './socket-owners.ts';
import { parseSocketTable, temporaryAddresses, type OpenSocket } from './socket-table.ts';
import { readSystemFile } from './system-file.ts';

/** An open socket and whose it is. */
export interface Listener extends Omit<OpenSocket, 'inode'> {
  /** True for the sockets of the kernel itself that no file stands for (WireGuard, VXLAN). */
  readonly kernel: boolean;
  /** Its address was made up by IPv6 for a while, and will be another one. */
  readonly temporaryAddress: boolean;
  /**
   * The program's path; `nobody`: no process has it, so that it is the kernel's or of another namespace; `hidden`: some
   * processes did not let themselves be looked at, and it is one of theirs.
   */
  readonly program: { readonly status: 'known'; readonly path: string } | { readonly status: 'nobody' | 'hidden' };
}

export interface Listeners {
  readonly listeners: readonly Listener[];
  /** Ports that the kernel chooses from when a program asks for any. */
  readonly ephemeral: { readonly from: number; readonly to: number };
}

/** What listens in the network namespace of this process. */
export async function readListeners(procRoot: string, signal: AbortSignal): Promise<Looked<Listeners>> {
  const sockets = await settledSockets(procRoot);
  if (sockets.status === 'unknown') return sockets;
  const temporary = temporaryAddresses((await readSystemFile(`${procRoot}/net/if_inet6`)) ?? '');
  const owners = await findSocketOwners(procRoot, new Set(sockets.value.map(({ inode }) => inode)), signal);
  const first = sockets.value.map((socket) => listenerOf(socket, temporary, owners.programs, owners.complete));
  if (first.every(({ kernel, program }) => kernel || program.status === 'known'))
    return seen({ listeners: first, ephemeral: await readEphemeral(procRoot) });
  // Some had nobody: closed meanwhile, or handed from one process to another while we looked.
  const still = await settledSockets(procRoot);
  if (still.status === 'unknown') return still;
  const again = await findSocketOwners(procRoot, new Set(still.value.map(({ inode }) => inode)), signal);
  const programs = new Map([...owners.programs, ...again.programs]);
  return seen({
    listeners: still.value.map((socket) => listenerOf(socket, temporary, programs, again.complete)),
    ephemeral: await readEphemeral(procRoot),
  });
}

function listenerOf(
  { inode, ...socket }: OpenSocket,
  temporary: ReadonlySet<string>,
  programs: ReadonlyMap<string, string>,
  complete: boolean,
): Listener {
  const path = programs.get(inode);
  return {
    ...socket,
    kernel: inode === '0',
    temporaryAddress: temporary.has(socket.address),
    program:
      path === undefined ? { status: complete || inode === '0' ? 'nobody' : 'hidden' } : { status: 'known', path },
  };
}

/** A table that is read while sockets come and go may miss one: two readings in a row must say the same. */
async function settledSockets(procRoot: string): Promise<Looked<readonly OpenSocket[]>> {
  let last = await readSockets(procRoot);
  for (let attempt = 1; attempt < READINGS; attempt += 1) {
    if (last.status === 'unknown') return last;
    const next = await readSockets(procRoot);
    if (next.status === 'unknown' || JSON.stringify(next.value) === JSON.stringify(last.value)) return next;
    last = next;
  }
  return last;
}

const READINGS = 4;

async function readSockets(procRoot: string): Promise<Looked<readonly OpenSocket[]>> {
  const sockets: OpenSocket[] = [];
  for (const { name, protocol } of TABLES) {
    const source = `${procRoot}/net/${name}`;
    const text = await tableText(source);
    if (text.status === 'unknown') return text;
    // Without IPv6 in the kernel there are no tables of it.
    if (text.value === null && name.endsWith('6')) continue;
    if (text.value === null)
      return unknown('SOCKETS_UNREADABLE', `${printable(source)} is not there, so there is no telling what listens.`);
    const parsed = parseSocketTable(text.value, protocol, printable(source));
    if (parsed.status === 'unknown') return parsed;
    sockets.push(...parsed.value);
  }
  return seen(sockets.toSorted((a, b) => Number(a.inode) - Number(b.inode) || a.port - b.port));
}

const TABLES = [
  { name: 'tcp', protocol: 'tcp' },
  { name: 'tcp6', protocol: 'tcp' },
  { name: 'udp', protocol: 'udp' },
  { name: 'udp6', protocol: 'udp' },
] as const;

async function tableText(source: string): Promise<Looked<string | null>> {
  try {
    return seen(await readFile(source, 'utf8'));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT') return seen(null);
    return unknown(code, `${printable(source)} could not be read (${code}), so there is no telling what listens.`);
  }
}

async function readEphemeral(procRoot: string): Promise<Listeners['ephemeral']> {
  const text = (await readSystemFile(`${procRoot}/sys/net/ipv4/ip_local_port_range`)) ?? '';
  const [, from, to] = /^(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  // What the kernel begins with, where it does not tell (ip(7)).
  return { from: Number(from ?? 32_768), to: Number(to ?? 60_999) };
}
