import { rawServer, type RunningServer } from '../http/servers.ts';

/** What any server may do instead of its protocol, by what a person would call it. */
export const MISBEHAVING: Readonly<Record<string, () => Promise<RunningServer>>> = {
  'accepts and says nothing': () => rawServer(() => undefined),
  'closes at once': () => rawServer((socket) => socket.end()),
  'resets at once': () => rawServer((socket) => socket.resetAndDestroy()),
  'says one byte and then nothing': () => rawServer((socket) => void socket.write('\n')),
  'says bytes of chance': () => rawServer((socket) => void socket.write(Buffer.from([0x16, 3, 255, 0, 7, 27, 91]))),
  'speaks HTTP': () => rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')),
  'sends 100 MB': () => rawServer((socket) => flood(socket.write.bind(socket), Buffer.alloc(65_536, 0x2b), 1_600)),
  'drips without end': () =>
    rawServer((socket) => {
      const drip = setInterval(() => socket.write('\n'), 2);
      socket.on('close', () => clearInterval(drip));
    }),
};

function flood(write: (chunk: Buffer, then: () => void) => unknown, chunk: Buffer, times: number): void {
  if (times > 0) write(chunk, () => flood(write, chunk, times - 1));
}
