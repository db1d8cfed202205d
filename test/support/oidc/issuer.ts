import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { httpServer } from '../http/servers.ts';

/** An issuer and a runner's token endpoint on one loopback port. */
export interface LoopbackIssuer extends AsyncDisposable {
  readonly url: string;
  /** The environment that a runner would give its job. */
  readonly env: Readonly<Record<string, string>>;
  /** Paths with queries, as they were asked for. */
  readonly asked: readonly string[];
  /** Authorization headers, as they came. */
  readonly bearers: readonly (string | undefined)[];
}

/** What stands in for the right answer at one path; it gets the address of the issuer. */
export type Answering = (request: IncomingMessage, response: ServerResponse, url: string) => void;

export const DISCOVERY = '/.well-known/openid-configuration';
export const KEYS = '/keys';
export const TOKEN = '/token';

export const json =
  (value: unknown, status = 200): Answering =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

export async function loopbackIssuer(answers: Readonly<Record<string, Answering>> = {}): Promise<LoopbackIssuer> {
  const asked: string[] = [];
  const bearers: (string | undefined)[] = [];
  let url = '';
  const usual: Readonly<Record<string, Answering>> = {
    [DISCOVERY]: (request, response) => json({ issuer: url, jwks_uri: `${url}${KEYS}` })(request, response, url),
  };
  const listener: RequestListener = (request, response) => {
    asked.push(request.url ?? '');
    bearers.push(request.headers.authorization);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const answer = answers[path] ?? usual[path] ?? json({ message: 'not here' }, 404);
    answer(request, response, url);
  };
  const server = await httpServer(listener);
  url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}${TOKEN}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-4f1c',
    },
    asked,
    bearers,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
