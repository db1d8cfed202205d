import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';

/** What the API server answers: a document, or a text where the real one sends a text. */
export interface Answer {
  readonly status: number;
  readonly body: JsonObject | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Cause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

const DEPLOYMENTS = { group: 'apps', kind: 'deployments' } as const;

/** As recorded in 409-scale-put-stale-resourceversion. */
export function modified(name: string): Answer {
  const message = `Operation cannot be fulfilled on deployments.apps "${name}": the object has been modified; please apply your changes to the latest version and try again`;
  return failure(409, 'Conflict', message, { name, ...DEPLOYMENTS });
}

/** As recorded in 409-delete-uid-precondition (there of a Pod). */
export function otherUid(name: string, asked: string, is: string): Answer {
  const message = `Operation cannot be fulfilled on Deployment "${name}": the UID in the precondition (${asked}) does not match the UID in record (${is}). The object might have been deleted and then recreated`;
  return failure(409, 'Conflict', message, { name, kind: 'Deployment' });
}

/** The resourceVersion's half of the same check in the API server; not recorded. */
export function otherVersion(name: string, asked: string, is: string): Answer {
  const message = `Operation cannot be fulfilled on Deployment "${name}": the ResourceVersion in the precondition (${asked}) does not match the ResourceVersion in record (${is}). The object might have been modified`;
  return failure(409, 'Conflict', message, { name, kind: 'Deployment' });
}

/** As recorded in 409-already-exists (there of a ConfigMap). */
export function alreadyThere(name: string): Answer {
  return failure(409, 'AlreadyExists', `deployments.apps "${name}" already exists`, { name, ...DEPLOYMENTS });
}

/** As recorded in 404-pod. */
export function notFound(name: string): Answer {
  return failure(404, 'NotFound', `deployments.apps "${name}" not found`, { name, ...DEPLOYMENTS });
}

/** As recorded in 403-reader-patch-scale; `resource` is `deployments` or `deployments/scale`. */
export function forbidden(user: string, verb: string, resource: string, namespace: string, name: string): Answer {
  const message = `deployments.apps "${name}" is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "apps" in the namespace "${namespace}"`;
  return failure(403, 'Forbidden', message, { name, ...DEPLOYMENTS });
}

/** As recorded in 401-bad-token. */
export function unauthorized(): Answer {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

/** As recorded in 422-invalid. */
export function invalid(kind: string, name: string, causes: readonly Required<Cause>[]): Answer {
  const words = causes.map(({ field, message }) => `${field}: ${message}`);
  const shown = words.length === 1 ? words[0] : `[${words.join(', ')}]`;
  const [shortKind = kind, group = ''] = kind.split(/\.(.*)/);
  return failure(422, 'Invalid', `${kind} "${name}" is invalid: ${shown}`, {
    name,
    group,
    kind: shortKind,
    causes: causes.map((cause) => ({ ...cause })),
  });
}

/** As recorded in vap-denied. */
export function refusedByPolicy(name: string, policy: string, why: string): Answer {
  const message = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${why}`;
  return failure(422, 'Invalid', `deployments.apps "${name}" is forbidden: ${message}`, {
    name,
    ...DEPLOYMENTS,
    causes: [{ message }],
  });
}

/** As recorded in 415-patch-type. */
export function wrongPatchType(): Answer {
  return failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** As recorded in etcd-frozen-write: it was not applied, and the answer does not say so. */
export function storageAway(): Answer {
  const message = 'rpc error: code = Unavailable desc = keepalive ping failed to receive ACK within timeout';
  return { status: 500, body: { ...HEAD, message, code: 500 } };
}

/** As recorded in 429-too-many-requests: a text, not a Status. */
export function tooMany(): Answer {
  return {
    status: 429,
    body: 'Too many requests, please try again later.\n',
    headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1', 'x-content-type-options': 'nosniff' },
  };
}

const HEAD = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' } as const;

function failure(
  code: number,
  reason: string,
  message: string,
  details?: { readonly [key: string]: JsonValue },
): Answer {
  return { status: code, body: { ...HEAD, message, reason, ...(details === undefined ? {} : { details }), code } };
}
