import { createServer } from 'node:http';
import { decode, encode, type WireAnswer } from '../../test/support/aws/wire.ts';
import { answersOf, nothing } from './account.ts';

/** Serves the synthetic account; an answer is made once and kept as bytes. `GET /calls` lists what was asked since the last. */
const answers = answersOf();
const kept = new Map<string, Promise<WireAnswer>>();
let calls: { service: string; operation: string; input: object; region: string }[] = [];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    void (async () => {
      if (request.url === '/calls') {
        response.end(JSON.stringify(calls));
        calls = [];
        return;
      }
      const body = Buffer.concat(chunks).toString('utf8');
      const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
      const asked = await decode({ method: request.method ?? 'GET', path: request.url ?? '/', headers, body });
      if (asked === null) {
        response.writeHead(501).end();
        return;
      }
      const { service, operation, input, region } = asked;
      calls.push({ service, operation, input, region });
      const key = `${service}.${operation} ${JSON.stringify(input)}`;
      const made =
        kept.get(key) ??
        encode(service, operation, (answers.get(`${service}.${operation}`) ?? (() => nothing(asked)))(input));
      kept.set(key, made);
      const answer = await made;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    })();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(`http://127.0.0.1:${address.port}`);
});
