import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { httpServer } from '../http/servers.ts';
import { createCluster, type AcceptedWrite, type Call, type Cluster } from './cluster.ts';
import { storageAway, tooMany, unauthorized, type Answer } from './statuses.ts';

/**
 * What goes wrong with the next call. `applied` says whether the call took effect all the same: the caller
 * can't tell, which is what these are for.
 */
export type Fault =
  /** Taken, and never answered. */
  | { readonly kind: 'silence'; readonly applied: boolean }
  /** Half of the answer, then the connection is cut. */
  | { readonly kind: 'half'; readonly applied: boolean }
  /** The connection is cut before a word. */
  | { readonly kind: 'cut'; readonly applied: boolean }
  /** 500 as of a frozen etcd: not applied, and it does not say so. */
  | { readonly kind: 'storage-away' }
  /** 429 as of a busy server: a text. */
  | { readonly kind: 'too-many' }
  /** Applied and answered, but only once this has settled. */
  | { readonly kind: 'slow'; readonly until: Promise<unknown> };

/** What a fault waits for: a read, a server-side dry run, or a write that would count. */
export type FaultOn = 'read' | 'dry-run' | 'write';

/** Where the fake is and what it lets in: all that a process of its own needs of it. */
export interface FakeAddress {
  /** `http://127.0.0.1:43123` */
  readonly url: string;
  /** The bearer token; anything else is 401. A canary: it must never be seen in a store, a log or an audit. */
  readonly token: string;
}

export interface Request {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** null: no answer was (or could be) sent in whole. */
  readonly status: number | null;
}

export interface FakeProvider extends FakeAddress, AsyncDisposable {
  readonly cluster: Cluster;
  /** Every write that was accepted, in order: a test counts these. */
  writes(): readonly AcceptedWrite[];
  /** Every request that came, in order, with what it was answered. */
  requests(): readonly Request[];
  /** The next `times` calls of that sort meet this fault. Faults of one sort are met in the order given. */
  fault(on: FaultOn, fault: Fault, times?: number): void;
  /** Settles when the next call of that sort has come in whole, before it is answered. */
  arrival(on: FaultOn): Promise<void>;
}

/**
 * A Kubernetes API server of one user and a few resources, on the loopback: it answers in the recorded
 * shapes, and what it has no answer for is a 500 that says so, and an error when it is put away.
 */
export async function fakeProvider(): Promise<FakeProvider> {
  const cluster = createCluster();
  const token = 'canary-5f2e9c71d04b4a6e8b13-holdfast-fake';
  const requests: Request[] = [];
  const unanswered: string[] = [];
  const faults = new Map<FaultOn, Fault[]>();
  const waiting = new Map<FaultOn, (() => void)[]>();

  const server = await httpServer((request, response) => {
    const method = request.method ?? '';
    const path = request.url ?? '';
    const noted = (status: number | null): void => void requests.push({ method, path, status });
    const refuse = (why: string): void => {
      unanswered.push(`${method} ${path}: ${why}`);
      noted(500);
      send(response, { status: 500, body: `The fake provider has no answer: ${why}\n`, headers: TEXT });
    };
    respond(request, response, noted).catch((error: unknown) => {
      // A client that was killed while it spoke asked nothing.
      if (request.complete) refuse(String(error));
      else noted(null);
    });
  });

  const respond = async (
    request: IncomingMessage,
    response: ServerResponse,
    noted: (status: number | null) => void,
  ): Promise<void> => {
    const text = await bodyOf(request);
    if (request.headers.authorization !== `Bearer ${token}`) return finish(response, unauthorized(), noted);
    const asked = understand(request, text);
    if (asked.what === 'namespace') return finish(response, namespaceOf(cluster, asked.name), noted);
    if (asked.what === 'review') return finish(response, review(cluster, asked.body), noted);

    const { call } = asked;
    const on: FaultOn = call.verb === 'get' ? 'read' : call.dryRun ? 'dry-run' : 'write';
    for (const tell of waiting.get(on)?.splice(0) ?? []) tell();
    const fault = faults.get(on)?.shift();
    if (fault?.kind === 'storage-away') return finish(response, storageAway(), noted);
    if (fault?.kind === 'too-many') return finish(response, tooMany(), noted);
    if (fault?.kind === 'slow') await fault.until;
    const applies = fault === undefined || fault.kind === 'slow' || fault.applied;
    const answer = applies ? cluster.answer(call) : NOTHING;
    if (answer === null) throw new Error(`${call.verb} ${call.resource} with ${text || 'no body'}`);
    if (fault === undefined || fault.kind === 'slow') return finish(response, answer, noted);
    noted(null);
    if (fault.kind === 'cut') response.destroy();
    if (fault.kind === 'half') sendHalf(response, answer);
  };

  return {
    url: `http://127.0.0.1:${server.port}`,
    token,
    cluster,
    writes: cluster.writes,
    requests: () => [...requests],
    fault: (on, fault, times = 1) =>
      void faults.set(on, [...(faults.get(on) ?? []), ...Array.from({ length: times }, () => fault)]),
    arrival: (on) => new Promise((tell) => waiting.set(on, [...(waiting.get(on) ?? []), tell])),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (unanswered.length > 0)
        throw new Error(`the fake provider was asked what it has no answer for:\n${unanswered.join('\n')}`);
    },
  };
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' } as const;
/** What half of is sent when nothing was applied. */
const NOTHING: Answer = { status: 200, body: { kind: 'Scale', apiVersion: 'autoscaling/v1' } };

type Asked =
  | { readonly what: 'deployment'; readonly call: Call }
  | { readonly what: 'namespace'; readonly name: string }
  | { readonly what: 'review'; readonly body: unknown };

const VERBS: Readonly<Record<string, Call['verb']>> = { GET: 'get', POST: 'create', PATCH: 'patch', DELETE: 'delete' };
const DEPLOYMENTS = /^\/apis\/apps\/v1\/namespaces\/([^/]+)\/deployments(?:\/([^/]+)(\/scale)?)?$/;

/** What is asked; throws for what the fake does not know, a query parameter among it. */
function understand(request: IncomingMessage, text: string): Asked {
  const url = new URL(request.url ?? '', 'http://fake');
  const dryRun = url.searchParams.get('dryRun');
  url.searchParams.delete('dryRun');
  if (url.searchParams.size > 0 || (dryRun !== null && dryRun !== 'All')) throw new Error('an unknown query');
  const verb = VERBS[request.method ?? ''];
  if (verb === undefined) throw new Error('an unknown method');
  const body: unknown = text === '' ? undefined : JSON.parse(text);

  const namespace = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(url.pathname)?.[1];
  if (namespace !== undefined && verb === 'get') return { what: 'namespace', name: namespace };
  if (url.pathname === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' && verb === 'create')
    return { what: 'review', body };

  const place = DEPLOYMENTS.exec(url.pathname);
  if (place?.[1] === undefined || (place[2] === undefined) !== (verb === 'create')) throw new Error('an unknown path');
  const audit = request.headers['audit-id'];
  return {
    what: 'deployment',
    call: {
      verb,
      resource: place[3] === undefined ? 'deployments' : 'deployments/scale',
      namespace: decodeURIComponent(place[1]),
      name: decodeURIComponent(place[2] ?? ''),
      dryRun: dryRun === 'All',
      contentType: request.headers['content-type'] ?? '',
      body,
      auditId: typeof audit === 'string' ? audit : null,
    },
  };
}

/** As in namespaces.json. */
function namespaceOf({ uid }: Cluster, name: string): Answer {
  if (name !== 'kube-system') throw new Error('a namespace that the fake does not have');
  const metadata = { name, uid, resourceVersion: '3', creationTimestamp: '2026-11-20T16:08:41Z' };
  return { status: 200, body: { kind: 'Namespace', apiVersion: 'v1', metadata, status: { phase: 'Active' } } };
}

const reviewSchema = z.object({
  kind: z.literal('SelfSubjectAccessReview'),
  spec: z.object({
    resourceAttributes: z.strictObject({
      namespace: z.string(),
      verb: z.string(),
      group: z.literal('apps'),
      resource: z.string(),
      subresource: z.string().optional(),
    }),
  }),
});

/** As in selfsubjectaccessreview-allowed.json and -denied.json. */
function review(cluster: Cluster, body: unknown): Answer {
  const { spec } = reviewSchema.parse(body);
  const { verb, resource, subresource, ...rest } = spec.resourceAttributes;
  const allowed = cluster.mayDo(verb, subresource === undefined ? resource : `${resource}/${subresource}`);
  const why = `RBAC: allowed by ClusterRoleBinding "${cluster.user}" of ClusterRole "edit" to User "${cluster.user}"`;
  return {
    status: 201,
    body: {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: { resourceAttributes: { ...rest, verb, resource, ...(subresource === undefined ? {} : { subresource }) } },
      status: allowed ? { allowed, reason: why } : { allowed },
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  return text;
}

function finish(response: ServerResponse, answer: Answer, noted: (status: number) => void): void {
  noted(answer.status);
  send(response, answer);
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, http.STATUS_CODES[status], {
    'cache-control': 'no-cache, private',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** The head and half of the body, then the line goes dead. */
function sendHalf(response: ServerResponse, { status, body }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}
