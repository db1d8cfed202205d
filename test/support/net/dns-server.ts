import { createSocket } from 'node:dgram';
import { rawServer } from '../http/servers.ts';

/** What a stand-in was asked. */
export interface Asked {
  readonly bytes: Buffer;
  readonly name: string;
  readonly over: 'udp' | 'tcp';
  readonly checkingDisabled: boolean;
}

export interface DnsStandIn extends AsyncDisposable {
  readonly port: number;
  readonly asked: readonly Asked[];
}

/** A DNS server on one port of the loopback, UDP and TCP, that sends the messages which `answer` makes of a query. */
export async function dnsServer(answer: (asked: Asked) => readonly Buffer[], host = '127.0.0.1'): Promise<DnsStandIn> {
  const asked: Asked[] = [];
  const take = (bytes: Buffer, over: Asked['over']): readonly Buffer[] => {
    const one = { bytes, over, name: nameOf(bytes), checkingDisabled: ((bytes[3] ?? 0) & 0x10) !== 0 };
    asked.push(one);
    return answer(one);
  };
  const tcp = await rawServer(
    (socket) =>
      void socket.on('data', (chunk) => {
        for (const message of take(chunk.subarray(2), 'tcp')) {
          const length = Buffer.alloc(2);
          length.writeUInt16BE(message.length);
          socket.write(Buffer.concat([length, message]));
        }
      }),
    host,
  );
  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (bytes, from) => {
    for (const message of take(bytes, 'udp')) udp.send(message, from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(tcp.port, host, resolve));
  return {
    port: tcp.port,
    asked,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => udp.close(resolve));
      await tcp[Symbol.asyncDispose]();
    },
  };
}

export interface Wanted {
  readonly responseCode?: number;
  readonly truncated?: boolean;
  readonly authentic?: boolean;
  readonly records?: readonly Buffer[];
}

/** A response to a query, with its number and its question. */
export function response(query: Buffer, { responseCode = 0, truncated, authentic, records = [] }: Wanted = {}): Buffer {
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | (truncated === true ? 0x200 : 0) | (authentic === true ? 0x20 : 0) | responseCode, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, query.subarray(12), ...records]);
}

/** A record of a name, or of the question's own name by a pointer to it (null). */
export function record(owner: string | null, type: number, data: Buffer): Buffer {
  const tail = Buffer.alloc(10);
  tail.writeUInt16BE(type, 0);
  tail.writeUInt16BE(1, 2);
  tail.writeUInt32BE(300, 4);
  tail.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner === null ? Buffer.from([0xc0, 12]) : wireName(owner), tail, data]);
}

export const a = (owner: string | null, address: string): Buffer =>
  record(owner, 1, Buffer.from(address.split('.').map(Number)));

export const cname = (owner: string | null, to: string): Buffer => record(owner, 5, wireName(to));

export const txt = (owner: string | null, ...parts: readonly string[]): Buffer =>
  record(
    owner,
    16,
    Buffer.concat(parts.flatMap((part) => [Buffer.from([Buffer.byteLength(part)]), Buffer.from(part)])),
  );

export function wireName(name: string): Buffer {
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function nameOf(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; (query[at] ?? 0) !== 0; at += 1 + (query[at] ?? 0))
    labels.push(query.toString('latin1', at + 1, at + 1 + (query[at] ?? 0)));
  return labels.join('.');
}
