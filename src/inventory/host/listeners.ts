import type { Failure } from '../../domain/check.ts';
import type { HiddenFact, InventoryFact, InventorySource } from '../../domain/inventory.ts';
import { printable } from '../../domain/printable.ts';
import type { HostReader, Listener, Listeners } from '../../providers/host/reader.ts';
import { allHidden, elsewhere, factOf, hiddenOf, sortedSet } from './facts.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/listeners',
  title: 'Listening sockets',
  description: `TCP sockets that listen and UDP sockets that are bound and have no peer, of IPv4 and IPv6, by address and port, with the programs and the user ids that hold them. Those that only this machine can reach (\`127.0.0.0/8\`, \`::1\`) are a kind of their own.

- Of processes that share a socket, the one that started first counts.
- A program of another user can be told by root only: to anyone else, such a socket is a fact, and what holds it is not comparable. A socket that no process holds (the kernel's own, or one of another namespace) has no program.
- A TCP port from the range that the kernel chooses from (\`ip_local_port_range\`) may be another one after a restart: such sockets are one fact per address and program, with their number; of those that only this machine can reach, the number is left out too.
- A UDP socket with such a port, unless it is the kernel's own (WireGuard), is mostly one that waits for an answer, and is left out.
- A temporary address of IPv6 (RFC 8981) counts as \`temporary\`, whatever it is today.

Left out: Unix sockets, raw sockets, and other network namespaces (containers).`,
  kinds: {
    listener: {
      noun: 'a socket that other machines may reach',
      exposes: true,
      added: 'high',
      removed: 'low',
      changed: 'high',
    },
    'loopback-listener': {
      noun: 'a socket that only this machine can reach',
      added: 'low',
      removed: 'info',
      changed: 'low',
    },
  },
  timeoutMs: 60_000,

  async read(reader, { signal }) {
    const kinds = Object.keys(source.kinds);
    const notHere = elsewhere(reader, kinds);
    if (notHere !== null) return notHere;
    const found = await reader.listeners(signal);
    if (found.status === 'unknown') return allHidden(reader, kinds, found.failure);
    const facts: InventoryFact[] = [];
    const hidden: HiddenFact[] = [];
    for (const [name, sockets] of grouped(found.value)) {
      const [first] = sockets;
      if (first === undefined) continue;
      const kind = first.loopback ? 'loopback-listener' : 'listener';
      const isUntold = sockets.some(({ program }) => program.status === 'hidden');
      facts.push(factOf(reader, kind, name, valueOf(first, sockets, isUntold)));
      if (isUntold) hidden.push(hiddenOf(reader, kind, name, NOT_OURS));
    }
    return { facts, hidden };
  },
};

const NOT_OURS: Failure = {
  code: 'PROGRAM_HIDDEN',
  message: 'Which program listens here can not be told: it is of another user, or closed to us. Root can tell.',
};

interface Placed extends Listener {
  readonly loopback: boolean;
  readonly place: string;
  readonly chosen: boolean;
}

/** By name: `0.0.0.0:22/tcp`, `[::1]:chosen/tcp by /usr/bin/node`. */
function grouped({ listeners, ephemeral }: Listeners): ReadonlyMap<string, readonly Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const listener of listeners) {
    const chosen = listener.port >= ephemeral.from && listener.port <= ephemeral.to && !listener.kernel;
    if (chosen && listener.protocol === 'udp') continue;
    const place = listener.temporaryAddress ? 'temporary' : listener.address;
    const placed = { ...listener, chosen, place, loopback: isLoopback(listener.address) };
    const name = nameOf(placed);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [placed]);
    else group.push(placed);
  }
  return groups;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function nameOf({ protocol, place, port, chosen, program }: Placed): string {
  const at = place.includes(':') ? `[${place}]` : place;
  if (!chosen) return `${at}:${port}/${protocol}`;
  const by = program.status === 'known' ? `by ${program.path}` : 'by a program that is not known';
  return `${at}:chosen/${protocol} ${by}`;
}

function valueOf(first: Placed, sockets: readonly Placed[], isUntold: boolean) {
  const { protocol, place, chosen, loopback, port } = first;
  return {
    protocol,
    address: place,
    port: chosen ? 'chosen by the kernel' : port,
    uids: [...new Set(sockets.map(({ uid }) => uid))].toSorted((a, b) => a - b),
    ...(isUntold
      ? {}
      : {
          programs: sortedSet(
            sockets.flatMap(({ program }) => (program.status === 'known' ? [printable(program.path)] : [])),
          ),
        }),
    ...(chosen && !loopback ? { sockets: sockets.length } : {}),
  };
}
