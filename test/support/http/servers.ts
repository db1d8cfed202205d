import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import tls, { type TlsOptions } from 'node:tls';

/** A server on a free port of the loopback, to be put away by `await using`. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
}

/** A server that does with a connection whatever a test wants of it: for answers that are no HTTP. */
export function rawServer(onConnection: (socket: Socket) => void, host = '127.0.0.1'): Promise<RunningServer> {
  return listening(net.createServer(onConnection), host);
}

export function httpServer(onRequest: RequestListener, host = '127.0.0.1'): Promise<RunningServer> {
  return listening(http.createServer(onRequest), host);
}

export function httpsServer(options: TlsOptions, onRequest: RequestListener): Promise<RunningServer> {
  return listening(https.createServer(options, onRequest), '127.0.0.1');
}

export function tlsServer(options: TlsOptions, host = '127.0.0.1'): Promise<RunningServer> {
  const server = tls.createServer(options, (socket) => socket.on('error', () => undefined));
  server.on('tlsClientError', () => undefined);
  return listening(server, host);
}

/** A port of the loopback on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await rawServer(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.port;
}

async function listening(server: Server, host: string): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    // A client that hangs up on us is what many of these tests are about.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const address = server.address();
  if (!isAddress(address)) throw new Error('no port');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
