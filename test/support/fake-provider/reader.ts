import { z } from 'zod';
import { seen, unknown, type Looked } from '../../../src/domain/failure.ts';
import type { StepOutcome } from '../../../src/domain/action.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { FakeAddress } from './server.ts';

const metadata = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  resourceVersion: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
});

const deploymentSchema = z.object({
  kind: z.literal('Deployment'),
  metadata,
  spec: z.object({ replicas: z.number().int() }),
  status: z.object({ readyReplicas: z.number().int().default(0) }),
});
export type Deployment = z.infer<typeof deploymentSchema>;

/** Nought is left out of the spec of a Scale. */
const scaleSchema = z.object({
  kind: z.literal('Scale'),
  metadata,
  spec: z.object({ replicas: z.number().int().default(0) }),
});

const statusSchema = z.object({ kind: z.literal('Status'), message: z.string(), reason: z.string().optional() });
const namespaceSchema = z.object({ metadata: z.object({ uid: z.string() }) });

export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** The reading half: GETs and server-side dry runs. */
export interface FakeReader {
  clusterUid(signal: AbortSignal): Promise<Looked<string>>;
  /** null: it is not there. */
  deployment(place: Place, signal: AbortSignal): Promise<Looked<Deployment | null>>;
  /** The replicas that the server says there would be. */
  wouldScale(place: Place, replicas: number, signal: AbortSignal): Promise<Looked<number>>;
  wouldDelete(place: Place, uid: string, signal: AbortSignal): Promise<Looked<null>>;
  wouldCreate(place: Place, body: JsonObject, signal: AbortSignal): Promise<Looked<null>>;
}

export function fakeReader(address: FakeAddress): FakeReader {
  const look = async (request: FakeRequest, signal: AbortSignal): Promise<Looked<unknown>> => {
    const sent = await send(address, request, signal);
    if (sent.status === 'no-answer') return unknown('UNREACHABLE', sent.why);
    if (sent.code >= 200 && sent.code < 300) return seen(sent.body);
    return unknown(`HTTP_${sent.code}`, sent.message);
  };
  const would = async (request: FakeRequest, signal: AbortSignal): Promise<Looked<null>> => {
    const looked = await look(request, signal);
    return looked.status === 'unknown' ? looked : seen(null);
  };

  return {
    clusterUid: async (signal) => {
      const looked = await look({ method: 'GET', path: '/api/v1/namespaces/kube-system' }, signal);
      return looked.status === 'unknown' ? looked : seen(namespaceSchema.parse(looked.value).metadata.uid);
    },
    deployment: async (place, signal) => {
      const looked = await look({ method: 'GET', path: pathOf(place) }, signal);
      if (looked.status === 'unknown') return looked.failure.code === 'HTTP_404' ? seen(null) : looked;
      return seen(deploymentSchema.parse(looked.value));
    },
    wouldScale: async (place, replicas, signal) => {
      const looked = await look({ ...scaling(place, replicas, null), dryRun: true }, signal);
      return looked.status === 'unknown' ? looked : seen(scaleSchema.parse(looked.value).spec.replicas);
    },
    wouldDelete: (place, uid, signal) => would({ ...deleting(place, uid, null), dryRun: true }, signal),
    wouldCreate: (place, body, signal) => would({ ...creating(place, body), dryRun: true }, signal),
  };
}

export interface FakeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
  readonly contentType?: string;
  readonly dryRun?: boolean;
  readonly auditId?: string;
}

export function scaling(place: Place, replicas: number, resourceVersion: string | null): FakeRequest {
  return {
    method: 'PATCH',
    path: `${pathOf(place)}/scale`,
    contentType: 'application/merge-patch+json',
    body: { ...(resourceVersion === null ? {} : { metadata: { resourceVersion } }), spec: { replicas } },
  };
}

export function deleting(place: Place, uid: string, resourceVersion: string | null): FakeRequest {
  const preconditions = { uid, ...(resourceVersion === null ? {} : { resourceVersion }) };
  return { method: 'DELETE', path: pathOf(place), body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions } };
}

export function creating({ namespace }: Place, body: JsonObject): FakeRequest {
  return { method: 'POST', path: `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments`, body };
}

/** A write, and what came of it: what is not surely one or the other is `unknown`. */
export async function write(
  address: FakeAddress,
  request: FakeRequest,
  receipt: (body: unknown) => JsonObject,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const sent = await send(address, request, signal);
  if (sent.status === 'no-answer') return { status: 'unknown', failure: { code: 'NO_ANSWER', message: sent.why } };
  const failure = { code: `HTTP_${sent.code}`, message: sent.message };
  if (sent.code >= 200 && sent.code < 300) return { status: 'done', receipt: receipt(sent.body) };
  if (sent.code === 409 || sent.code === 404) return { status: 'refused', because: 'moved', failure };
  if (sent.code === 401 || sent.code === 403) return { status: 'refused', because: 'denied', failure };
  if (sent.code < 500) return { status: 'refused', because: 'failed', failure };
  return { status: 'unknown', failure };
}

type Sent =
  | { readonly status: 'answered'; readonly code: number; readonly body: unknown; readonly message: string }
  | { readonly status: 'no-answer'; readonly why: string };

async function send({ url, token }: FakeAddress, request: FakeRequest, signal: AbortSignal): Promise<Sent> {
  const { method, path, body, contentType = 'application/json', dryRun = false, auditId } = request;
  try {
    const response = await fetch(`${url}${path}${dryRun ? '?dryRun=All' : ''}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(auditId === undefined ? {} : { 'audit-id': auditId }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const document: unknown = isJson ? JSON.parse(text) : text;
    const status = statusSchema.safeParse(document);
    return {
      status: 'answered',
      code: response.status,
      body: document,
      message: status.success ? status.data.message : text.trim(),
    };
  } catch (error) {
    // Whatever the line did: there is no whole answer, and so nobody knows.
    return {
      status: 'no-answer',
      why: error instanceof Error ? `${error.message} (${method} ${path})` : String(error),
    };
  }
}

function pathOf({ namespace, name }: Place): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(name)}`;
}
