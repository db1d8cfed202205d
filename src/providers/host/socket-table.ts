import { endianness } from 'node:os';
import { seen, unknown, type Looked } from '../../domain/failure.ts';

/** A socket that takes what strangers send: TCP that listens, UDP that is bound and has no peer. */
export interface OpenSocket {
  readonly protocol: 'tcp' | 'udp';
  /** `0.0.0.0`, `127.0.0.1`, `::`, `fd00::2`; an IPv4 address in IPv6 is the IPv4 address. */
  readonly address: string;
  readonly port: number;
  readonly uid: number;
  /** Of the socket, as /proc/<pid>/fd names it; `0`: the kernel's own. */
  readonly inode: string;
}

/** The open sockets of one of /proc/net/{tcp,tcp6,udp,udp6}. Format: proc_pid_net(5), Documentation/networking/proc_net_tcp.rst. */
export function parseSocketTable(text: string, protocol: 'tcp' | 'udp', source: string): Looked<readonly OpenSocket[]> {
  const [head = '', ...lines] = text.split('\n');
  if (!head.includes('local_address')) return garbage(source, 1);
  const sockets: OpenSocket[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const match = LINE.exec(line);
    if (match === null) return garbage(source, index + 2);
    const [, local = '', port = '', remotePort = '', state = '', uid = '', inode = ''] = match;
    const open = protocol === 'tcp' ? state === LISTEN : state === UNCONNECTED && remotePort === '0000';
    if (!open) continue;
    sockets.push({
      protocol,
      address: addressOf(local),
      port: Number.parseInt(port, 16),
      uid: Number(uid),
      inode,
    });
  }
  return seen(sockets);
}

const LISTEN = '0A';
const UNCONNECTED = '07';
/** sl: local:port remote:port state tx:rx timer:when retransmits uid timeout inode ... */
const LINE =
  /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ +\S+ +(\d+) +\d+ +(\d+)(?: |$)/;

function garbage(source: string, line: number): Looked<never> {
  return unknown(
    'SOCKETS_UNREADABLE',
    `Line ${line} of ${source} is not what the kernel writes, so there is no telling what listens.`,
  );
}

/** The kernel writes an address as words of 32 bits in the order of its own bytes. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (endianness() === 'LE') bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.subarray(0, 12).equals(MAPPED)) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/** Addresses that IPv6 makes up for itself and drops again within days (RFC 8981), by /proc/net/if_inet6. */
export function temporaryAddresses(text: string): ReadonlySet<string> {
  const found = text.split('\n').flatMap((line) => {
    const [address = '', , , , flags = ''] = line.trim().split(/\s+/);
    return /^[0-9a-f]{32}$/.test(address) && (Number.parseInt(flags, 16) & TEMPORARY) !== 0
      ? [new URL(`http://[${(address.match(/.{4}/g) ?? []).join(':')}]/`).hostname.slice(1, -1)]
      : [];
  });
  return new Set(found);
}

const TEMPORARY = 0x01;
