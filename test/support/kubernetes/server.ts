import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { Answer, Call } from '../../../src/providers/kubernetes/call.ts';
import { makeAuthority, type Authority } from '../http/certificates.ts';
import { httpServer, httpsServer } from '../http/servers.ts';
import { status, type FakeApi } from './api.ts';
import type { Authorizer, User } from './rbac.ts';
import { recordedApi, recordedAuthorizer } from './recorded.ts';

/** What answers behind the server: the reading API, or one that is written to. */
export interface Answering {
  answer(call: Call): Answer | Promise<Answer>;
}

/** One request as it arrived. `user` is null where nobody was known by the credential. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly user: string | null;
  readonly headers: http.IncomingHttpHeaders;
}

/** What goes wrong with one request; null for nothing. */
export type Fault =
  /** No answer, ever. */
  | { readonly type: 'silence' }
  /** The connection ends: after so many bytes of the answer. */
  | { readonly type: 'reset'; readonly afterBytes: number }
  | { readonly type: 'answer'; readonly answer: Answer };

export interface ServerOptions<Api extends Answering> {
  readonly api: Api;
  /** The first is whom the current context asks as. */
  readonly users: readonly User[];
  readonly authorizer?: Authorizer;
  /** `certificate` or `token`: how users log in; a token unless said otherwise. */
  readonly login?: 'token' | 'certificate';
  /** False: plain http, which the kubeconfig allows by insecure-skip-tls-verify. */
  readonly tls?: boolean;
  readonly fault?: (arrived: Arrived) => Fault | null;
}

export interface KubernetesServer<Api extends Answering> extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Path of a kubeconfig with one context for each user, named as the user. */
  readonly kubeconfig: string;
  /** Path of the authority's certificate. */
  readonly ca: string;
  readonly api: Api;
  requests(): readonly Arrived[];
  /** Counts TCP connections. */
  connections(): number;
  token(user: string): string;
}

/** As an API server answers: over TLS, packed when it is asked for, 401 and 403 before anything else. */
export async function kubernetesServer<Api extends Answering>(
  options: ServerOptions<Api>,
): Promise<KubernetesServer<Api>> {
  const { api, users, tls = true, login = 'token' } = options;
  const arrived: Arrived[] = [];
  const sockets = new Set<unknown>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    sockets.add(request.socket);
    const user = userOf(request, users);
    const it: Arrived = {
      method: request.method ?? '',
      path: request.url ?? '',
      user: user?.name ?? null,
      headers: request.headers,
    };
    arrived.push(it);
    const body = await bodyOf(request);
    const fault = options.fault?.(it) ?? null;
    if (fault?.type === 'silence') return;
    const made = fault?.type === 'answer' ? fault.answer : await answered(options, user, it, body);
    send(request, response, made, fault?.type === 'reset' ? fault.afterBytes : null);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(599, { 'content-type': 'text/plain' }).end(`the fake failed: ${String(error)}`);
    });
  const pki = tls ? authority() : null;
  const leaf = pki?.issue({ names: ['127.0.0.1', 'localhost'], from: -1, to: 30 });
  const server =
    pki === null || leaf === undefined
      ? await httpServer(onRequest)
      : await httpsServer(
          { cert: leaf.cert, key: leaf.key, ca: pki.root.cert, requestCert: true, rejectUnauthorized: false },
          onRequest,
        );
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${server.port}`;
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-kube-'));
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(url, pki, users, login)), { mode: 0o600 });
  const ca = join(folder, 'ca.crt');
  writeFileSync(ca, pki?.root.cert ?? '');
  return {
    url,
    port: server.port,
    kubeconfig,
    ca,
    api,
    requests: () => [...arrived],
    connections: () => sockets.size,
    token: tokenOf,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const AUTHENTICATED = 'system:authenticated';
/** The users of the recordings; `admin` may do anything. */
const RECORDED_USERS: readonly User[] = [
  { name: 'admin', groups: ['system:masters', AUTHENTICATED] },
  { name: 'ops-reader', groups: ['ops', AUTHENTICATED] },
  { name: 'ops-operator', groups: ['ops', AUTHENTICATED] },
  { name: 'nobody', groups: [AUTHENTICATED] },
];

export type RecordedUser = 'admin' | 'ops-reader' | 'ops-operator' | 'nobody';

/** The recorded cluster served over TLS, with its users and their rights. The current context is `as`. */
export function recordedServer(
  options: { readonly as?: RecordedUser; readonly api?: FakeApi } & Pick<
    ServerOptions<FakeApi>,
    'fault' | 'login'
  > = {},
): Promise<KubernetesServer<FakeApi>> {
  const { as = 'admin', api = recordedApi(), ...more } = options;
  const users = RECORDED_USERS.toSorted((a, b) => Number(b.name === as) - Number(a.name === as));
  return kubernetesServer({ api, users, authorizer: recordedAuthorizer(), ...more });
}

/** No credential at all is the anonymous user; a wrong one is nobody. */
function userOf(request: IncomingMessage, users: readonly User[]): User | null {
  const header = request.headers.authorization;
  if (header !== undefined) return users.find(({ name }) => header === `Bearer ${tokenOf(name)}`) ?? null;
  const common = 'getPeerCertificate' in request.socket ? peerOf(request.socket as TLSSocket) : undefined;
  if (common === undefined) return { name: 'system:anonymous', groups: ['system:unauthenticated'] };
  return users.find(({ name }) => name === common) ?? null;
}

function peerOf(socket: TLSSocket): string | undefined {
  const { CN } = (socket.getPeerCertificate() as { subject?: { CN?: string } }).subject ?? {};
  return socket.authorized ? CN : undefined;
}

async function answered(
  { api, authorizer }: ServerOptions<Answering>,
  user: User | null,
  { method, path, headers }: Arrived,
  body: string,
): Promise<Answer> {
  if (user === null) return status(401, 'Unauthorized', 'Unauthorized');
  const refusal = authorizer?.refuse(user, { method, path }) ?? null;
  if (refusal !== null) return refusal;
  const { accept, 'content-type': contentType } = headers;
  return api.answer({
    method: method as Call['method'],
    path,
    ...(accept === undefined ? {} : { accept }),
    ...(contentType === undefined ? {} : { contentType }),
    // As the real one: a body that is not framed is not there.
    ...(headers['content-length'] === undefined && headers['transfer-encoding'] === undefined ? {} : { body }),
  });
}

/** The real one packs what is longer. */
const PACKED_FROM = 128 * 1024;

function send(request: IncomingMessage, response: ServerResponse, answer: Answer, resetAfter: number | null): void {
  const plain = Buffer.from(answer.body);
  const packs = plain.length > PACKED_FROM && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const body = packs ? gzipSync(plain, { level: 1 }) : plain;
  response.writeHead(answer.status, {
    ...(answer.headers as http.OutgoingHttpHeaders),
    'content-length': body.length,
    ...(packs ? { 'content-encoding': 'gzip' } : {}),
  });
  if (resetAfter === null) response.end(body);
  else response.write(body.subarray(0, resetAfter), () => request.socket.destroy());
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function tokenOf(user: string): string {
  return `token-of-${user}-for-tests-only`;
}

function kubeconfigOf(
  url: string,
  pki: Authority | null,
  users: readonly User[],
  login: 'token' | 'certificate',
): object {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const credential = (name: string): object => {
    if (login === 'token' || pki === null) return { token: tokenOf(name) };
    const { cert, key } = pki.issue({ names: [name], from: -1, to: 30 });
    return { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': users[0]?.name ?? '',
    clusters: [
      {
        name: 'lab',
        cluster: {
          server: url,
          ...(pki === null
            ? { 'insecure-skip-tls-verify': true }
            : { 'certificate-authority-data': base64(pki.root.cert) }),
        },
      },
    ],
    users: users.map(({ name }) => ({ name, user: credential(name) })),
    contexts: users.map(({ name }) => ({ name, context: { cluster: 'lab', user: name } })),
  };
}

let kept: Authority | null = null;

/** One for all servers of a process: openssl takes its time. */
function authority(): Authority {
  if (kept !== null) return kept;
  const made = makeAuthority(Date.now());
  process.once('exit', () => made[Symbol.dispose]());
  kept = made;
  return made;
}
