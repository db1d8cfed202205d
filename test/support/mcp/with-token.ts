import { createServer, request } from 'node:http';
import { onTestFinished } from 'vitest';

/** What the suite's own Origin becomes: a page that an operator would have to list. */
export const SUITE_ORIGIN = 'http://the-suite.test';

/**
 * Stands before a server of ours and adds the token, for a client that can't be given one. Every other header goes on as
 * it came; a Host that means this proxy means the server behind it, and one that means anything else stays what it is.
 */
export async function withToken(port: number, token: string): Promise<string> {
  let own = '';
  const proxy = createServer((incoming, outgoing) => {
    const headers = incoming.rawHeaders.map((value, at, all) => {
      const name = at % 2 === 1 ? all[at - 1]?.toLowerCase() : undefined;
      if (name === 'host' && value === own) return `127.0.0.1:${port}`;
      return name === 'origin' && value === `http://${own}` ? SUITE_ORIGIN : value;
    });
    const options = { host: '127.0.0.1', port, method: incoming.method, path: incoming.url };
    const onwards = request(
      { ...options, headers: [...headers, 'Authorization', `Bearer ${token}`], setHost: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(outgoing);
      },
    );
    onwards.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onwards.destroy());
    incoming.pipe(onwards);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = proxy.address();
  own = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return `http://${own}/mcp`;
}
