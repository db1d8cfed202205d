import type { Socket } from 'node:net';
import { rawServer, type RunningServer } from '../http/servers.ts';

/** A stand-in, and all that it was told. */
export interface StandIn extends RunningServer {
  readonly told: readonly string[];
}

/** Greets, and answers each line by its first word; a word that it does not know is answered with `otherwise`. */
export function lineServer(
  greeting: string,
  answers: Readonly<Record<string, string>> = {},
  host = '127.0.0.1',
): Promise<StandIn> {
  return standIn((socket, told) => {
    socket.write(greeting);
    let rest = '';
    return (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        told.push(line);
        const answer = Object.entries(answers).find(([start]) => line.startsWith(start))?.[1];
        if (answer !== undefined) socket.write(answer);
      }
    };
  }, host);
}

/** Answers RESP arrays of bulk strings by their words joined by blanks: `AUTH hunter2`, `INFO replication`. */
export function redisServer(answer: (words: string) => string | null): Promise<StandIn> {
  return standIn((socket, told) => (chunk) => {
    const words = [...chunk.toString('utf8').matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map((match) => match[1]).join(' ');
    told.push(words);
    const reply = answer(words);
    if (reply !== null) socket.write(reply);
  });
}

/** A bulk string of RESP. */
export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** Answers the SSLRequest with one letter, and a start with the bytes given; closes where a real one does. */
export function postgresServer(ssl: string, atStart: Buffer): Promise<StandIn> {
  return standIn((socket, told) => (chunk) => {
    if (chunk.length === 8 && chunk.readUInt32BE(4) === 80_877_103) {
      told.push('SSLRequest');
      socket.write(ssl);
    } else if (chunk.length >= 8 && chunk.readUInt32BE(4) === 196_608) {
      told.push(chunk.toString('latin1', 8));
      socket.write(atStart);
    } else {
      told.push(String.fromCharCode(chunk[0] ?? 0));
      socket.end();
    }
  });
}

/** One message of PostgreSQL: its letter, its length and its body. */
export function postgresMessage(letter: string, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(letter, 0, 'latin1');
  head.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

export function postgresError(state: string, words: string): Buffer {
  return postgresMessage('E', `SFATAL\0VFATAL\0C${state}\0M${words}\0\0`);
}

/** `R` with a code: 0 lets in, 5 is MD5, 10 is SASL. */
export function postgresAuthentication(code: number): Buffer {
  return postgresMessage('R', Buffer.from([0, 0, 0, code]));
}

/** Says the packets given, one after each thing it is told, the first at once; each with its number. */
export function mysqlServer(...packets: readonly Buffer[]): Promise<StandIn> {
  return standIn((socket, told) => {
    let next = 0;
    const say = (): void => {
      const body = packets[next];
      if (body !== undefined) socket.write(mysqlPacket(body, next * 2));
      next += 1;
    };
    say();
    return (chunk) => {
      told.push(chunk.toString('latin1'));
      say();
    };
  });
}

export function mysqlPacket(body: Buffer, sequence: number): Buffer {
  return Buffer.concat([Buffer.from([body.length % 256, Math.floor(body.length / 256), 0, sequence]), body]);
}

/** Version 10, as the documentation lays it out. */
export function mysqlGreeting(version: string, { tls }: { readonly tls: boolean }): Buffer {
  const tail = Buffer.alloc(4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10 + 13, 0x20);
  tail.writeUInt16LE(tls ? 0xffff : 0xf7ff, 13);
  return Buffer.concat([Buffer.from([10]), Buffer.from(`${version}\0`), tail, Buffer.from('mysql_native_password\0')]);
}

export function mysqlError(code: number, words: string): Buffer {
  return Buffer.concat([Buffer.from([0xff, code % 256, Math.floor(code / 256)]), Buffer.from(words)]);
}

async function standIn(
  onConnection: (socket: Socket, told: string[]) => (chunk: Buffer) => void,
  host = '127.0.0.1',
): Promise<StandIn> {
  const told: string[] = [];
  const server = await rawServer((socket) => void socket.on('data', onConnection(socket, told)), host);
  return { port: server.port, told, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
