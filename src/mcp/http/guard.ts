/** What is known of a request before a byte of its body is read. */
export interface RequestHead {
  readonly method: string;
  /** The request's target as it was sent: a path. */
  readonly target: string;
  /** Names and values in turn, as they were sent: Node's own object keeps one of two Hosts. */
  readonly rawHeaders: readonly string[];
}

export interface GuardRules {
  /** `127.0.0.1:39393`, `localhost:39393`: what Host may be, to the letter. */
  readonly hosts: ReadonlySet<string>;
  /** Pages that may call; none by default. */
  readonly origins: ReadonlySet<string>;
  /** In constant time. */
  isToken(presented: string): boolean;
}

/** Why a request goes no further. `says` is told to whoever asked, and holds nothing that they did not send. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 429 | 503;
  readonly says: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const MCP_PATH = '/mcp';
/** What a request may weigh, bytes: arguments are names and words. */
export const MOST_BODY_BYTES = 1024 * 1024;

/**
 * Whether a request may be read: it was meant for this address (a page that rebinds a name of its own to 127.0.0.1 sends
 * that name), comes from no page (browsers say the Origin of all that could change something), and has the token.
 * Null: it may.
 */
export function refusalOf(head: RequestHead, rules: GuardRules): Refusal | null {
  return (
    refusedHost(valuesOf(head, 'host'), rules) ??
    refusedPage(head, rules) ??
    refusedPlace(head) ??
    refusedCaller(valuesOf(head, 'authorization'), rules) ??
    refusedBody(head)
  );
}

export function refusal(status: Refusal['status'], says: string, headers: Refusal['headers'] = {}): Refusal {
  return { status, says, headers };
}

function refusedHost(hosts: readonly string[], rules: GuardRules): Refusal | null {
  const [host] = hosts;
  return host !== undefined && hosts.length === 1 && rules.hosts.has(host)
    ? null
    : refusal(403, `Host is not one of ${[...rules.hosts].join(', ')}`);
}

function refusedPage(head: RequestHead, { origins }: GuardRules): Refusal | null {
  const said = valuesOf(head, 'origin');
  const isListed = said.length === 1 && said.every((origin) => origins.has(origin));
  if (said.length > 0 && !isListed) return refusal(403, 'no page may call this server: the Origin is not listed');
  // A browser sends this with every request, also with those that have no Origin; a program sends none, or `none`.
  const site = valuesOf(head, 'sec-fetch-site');
  return isListed || site.every((value) => value === 'none') ? null : refusal(403, 'no page may call this server');
}

function refusedPlace({ method, target }: RequestHead): Refusal | null {
  if (target !== MCP_PATH) return refusal(404, `there is nothing but ${MCP_PATH}`);
  return ['POST', 'GET', 'DELETE'].includes(method)
    ? null
    : refusal(405, 'only POST, GET and DELETE', { Allow: 'POST, GET, DELETE' });
}

function refusedCaller(said: readonly string[], rules: GuardRules): Refusal | null {
  const [value = ''] = said;
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(value)?.[1];
  if (said.length === 1 && token !== undefined && rules.isToken(token)) return null;
  return refusal(401, 'the bearer token of this server is needed: `holdfast mcp token` prints it', {
    'WWW-Authenticate': 'Bearer realm="holdfast"',
  });
}

function refusedBody(head: RequestHead): Refusal | null {
  if (head.method !== 'POST') return null;
  const types = valuesOf(head, 'content-type');
  if (types.length !== 1 || !/^application\/json *(?:; *charset="?utf-8"?)?$/i.test(types[0] ?? ''))
    return refusal(415, 'Content-Type must be application/json');
  if (valuesOf(head, 'content-encoding').some((value) => value !== 'identity'))
    return refusal(415, 'the body must not be compressed');
  const [length] = valuesOf(head, 'content-length');
  return length !== undefined && Number(length) > MOST_BODY_BYTES ? tooLarge() : null;
}

export function tooLarge(): Refusal {
  return refusal(413, `the body has more than ${MOST_BODY_BYTES} bytes`);
}

function valuesOf({ rawHeaders }: RequestHead, name: string): readonly string[] {
  return rawHeaders.flatMap((_, at) =>
    at % 2 === 0 && rawHeaders[at]?.toLowerCase() === name ? [rawHeaders[at + 1] ?? ''] : [],
  );
}
