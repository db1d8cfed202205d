import http, { type Agent, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { errorCode } from '../../domain/failure.ts';
import { othersWords } from '../../domain/excerpt.ts';
import { printable } from '../../domain/printable.ts';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { isRecord } from './call.ts';
import { ClusterAway } from './cluster-away.ts';
import { EXEC_WITHIN_MS, runExecPlugin, type ExecCredential } from './exec-plugin.ts';
import { invalid, type ChosenContext, type Entry } from './kubeconfig.ts';
import { proxyFor } from './proxy.ts';
import { ended, impersonation, learnFrom, userFields, withoutFiles, withoutRenewing } from './user-fields.ts';

/** How a server is asked: over which connections, with which headers. */
export interface Access {
  /** Keeps connections open between calls, where there is no proxy. */
  readonly agent: Agent;
  /** A connection of its own for each call: one that was left idle may be dead, and a write is not sent twice. */
  readonly agentOfWrites: Agent;
  readonly headers: Readonly<OutgoingHttpHeaders>;
}

/** A server, and what it takes to be let in. */
export interface Way {
  readonly server: URL;
  /** `refused`: what was answered with 401, which is not tried again. Throws ClusterAway. */
  access(refused: Access | null): Promise<Access>;
}

type Deps = Pick<ProviderDeps, 'env' | 'clock' | 'learn'>;

/** What was read from a file is read again after this time: service accounts' tokens rotate. */
const GOOD_FOR_MS = 60_000;

/**
 * The way to the cluster of a context. `@kubernetes/client-node` is loaded here and nowhere else: it makes of a
 * kubeconfig's user what TLS, an agent and headers need (certificates, basic auth, OIDC, proxies, SOCKS). Plug-ins
 * (`exec`), token files and impersonated groups it leaves out or runs without a limit: these are ours.
 * Throws ClusterAway.
 */
export function wayTo(chosen: ChosenContext, deps: Deps): Way {
  const server = serverOf(chosen.cluster);
  let known: Kept | null = null;
  let renewal: Promise<Access> | null = null;
  const renew = async (): Promise<Access> => {
    const credential = await credentialOf(chosen, deps);
    const made = await withClientNode(chosen, server, credential, deps);
    // The same certificates go through the connections that there are.
    const { agent, agentOfWrites } =
      known !== null && isSame(known.secure, made.secure) ? known : agentsOf(server, made);
    const { headers, secure } = made;
    known = { agent, agentOfWrites, headers, secure, until: goodUntil(credential, deps.clock.now()) };
    return known;
  };
  return {
    server,
    access: (refused) => {
      if (known !== null && known !== refused && deps.clock.now() < known.until) return Promise.resolve(known);
      // All who wait are served by one.
      renewal ??= renew().finally(() => void (renewal = null));
      return renewal;
    },
  };
}

type Kept = Access & { readonly until: number; readonly secure: Secure };

function goodUntil(credential: ExecCredential | null, now: number): number {
  return credential === null ? now + GOOD_FOR_MS : (credential.expiresAt ?? Number.POSITIVE_INFINITY);
}

/** Of TLS. */
interface Secure {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly servername?: string | undefined;
  readonly rejectUnauthorized: boolean;
}

interface Made {
  readonly secure: Secure;
  readonly headers: Access['headers'];
  /** Only where there is a proxy: the agent that speaks to it. */
  readonly proxied: Agent | null;
}

function serverOf({ fields, file, name }: Entry): URL {
  const written = fields['server'];
  const server = typeof written === 'string' ? URL.parse(written) : null;
  if (server === null || !/^https?:$/.test(server.protocol))
    throw invalid(file, `the server of its cluster ${printable(name)} is no address (https://…)`);
  if (server.protocol === 'http:' && fields['insecure-skip-tls-verify'] !== true) {
    throw invalid(
      file,
      `the server of its cluster ${printable(name)} is plain http, over which anybody can read the credential; if that is meant, say insecure-skip-tls-verify: true there`,
    );
  }
  // A credential there would be shown with the address, and is none that kubectl sends.
  if (server.username !== '' || server.password !== '')
    throw invalid(file, `the server of its cluster ${printable(name)} has a user name or a password in it`);
  return server;
}

async function credentialOf({ user, cluster }: ChosenContext, deps: Deps): Promise<ExecCredential | null> {
  const exec = user?.fields['exec'];
  if (!isRecord(exec)) return null;
  const { fields } = cluster;
  const credential = await runExecPlugin({
    exec,
    cluster: {
      server: fields['server'],
      'certificate-authority-data': fields['certificate-authority-data'],
      'tls-server-name': fields['tls-server-name'],
      'insecure-skip-tls-verify': fields['insecure-skip-tls-verify'],
    },
    env: deps.env,
    timeoutMs: EXEC_WITHIN_MS,
  });
  for (const secret of [credential.token, credential.key]) if (secret !== null) deps.learn(secret);
  return credential;
}

async function withClientNode(
  { name, cluster, user }: ChosenContext,
  server: URL,
  credential: ExecCredential | null,
  { env, learn }: Deps,
): Promise<Made> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const proxy = typeof cluster.fields['proxy-url'] === 'string' ? cluster.fields['proxy-url'] : proxyFor(server, env);
  if (proxy !== null) learnPassword(proxy, learn);
  const config = new KubeConfig();
  const headers: Record<string, string> = {};
  // It writes into the headers that it is given.
  const options: https.RequestOptions = { headers };
  try {
    const fields = await userFields(user, credential);
    learnFrom(fields, learn);
    withoutRenewing(fields, name);
    config.loadFromString(
      JSON.stringify({
        clusters: [
          {
            name: 'it',
            cluster: { ...withoutFiles(cluster.fields), ...(proxy === null ? {} : { 'proxy-url': proxy }) },
          },
        ],
        users: [{ name: 'it', user: fields }],
        contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
        'current-context': 'it',
      }),
    );
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    if (error instanceof ClusterAway) throw error;
    throw unusable(name, error);
  }
  const authorization = headers['Authorization'];
  if (authorization === undefined && user?.fields['auth-provider'] !== undefined) throw ended(name);
  if (authorization !== undefined) learn(authorization.replace(/^\w+ /, ''));
  const key = textOf(options.key);
  if (key !== undefined) learn(key);
  return {
    secure: {
      ca: textOf(options.ca),
      cert: textOf(options.cert),
      key,
      servername: options.servername,
      rejectUnauthorized: options.rejectUnauthorized ?? true,
    },
    headers: {
      ...headers,
      ...(typeof options.auth !== 'string'
        ? {}
        : { Authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` }),
      ...impersonation(user),
    },
    proxied: proxy === null || typeof options.agent !== 'object' ? null : options.agent,
  };
}

function learnPassword(proxy: string, learn: Deps['learn']): void {
  const password = URL.parse(proxy)?.password ?? '';
  if (password !== '') learn(password);
}

function agentsOf(server: URL, { secure, proxied }: Made): Pick<Access, 'agent' | 'agentOfWrites'> {
  if (proxied !== null) return { agent: proxied, agentOfWrites: proxied };
  const kept = { keepAlive: true, timeout: 30_000 };
  if (server.protocol === 'http:') return { agent: new http.Agent(kept), agentOfWrites: new http.Agent() };
  return { agent: new https.Agent({ ...secure, ...kept }), agentOfWrites: new https.Agent({ ...secure }) };
}

function isSame(a: Secure, b: Secure): boolean {
  return a.ca === b.ca && a.cert === b.cert && a.key === b.key;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
}

/** A certificate that is not there, a refresh that was refused. */
function unusable(context: string, error: unknown): ClusterAway {
  const path = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : null;
  const code = errorCode(error);
  const words = error instanceof Error ? othersWords(error.message) : 'no reason is given';
  return new ClusterAway({
    code: 'CREDENTIAL_UNUSABLE',
    message:
      path !== null && code !== null
        ? `The kubeconfig's context ${printable(context)} names the file ${printable(path)}, which can't be read (${code}).`
        : `The kubeconfig's context ${printable(context)} has a credential that can't be used: ${words}. Log in again.`,
  });
}
