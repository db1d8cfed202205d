import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import type { ProfileFiles } from './profiles.ts';
import { SERVICES, type ServiceName } from './services.ts';

/** One call of one API, as the SDK answers it. Throws what the SDK throws. */
export type Call = (
  service: ServiceName,
  operation: string,
  input: object,
  region: string,
  signal: AbortSignal,
) => Promise<object>;

export interface Sdk {
  readonly call: Call;
  /** What the profile or the environment says; null: nothing. */
  region(): Promise<string | null>;
}

/** A try of a call may take so long before it is made again, milliseconds; the connecting of it so long. */
const ANSWER_MS = 20_000;
const CONNECT_MS = 5_000;
/** How often a call is made before its trouble is told: throttling is waited out by the SDK's adaptive mode. */
const ATTEMPTS = 6;
/** Connections to one host. */
const SOCKETS = 64;

/**
 * The clients of the SDK for one profile (null: what the environment says), each made when it is first used, all with the
 * credentials of the standard chain. Reads no environment itself: the SDK does, as it does for everyone.
 * `attempts` overrules how often a call is made, whatever the environment says.
 */
export function openSdk(
  profile: string | null,
  files: ProfileFiles,
  deps: ProviderDeps,
  { attempts = null }: { readonly attempts?: number | null } = {},
): Sdk {
  const chosen = profile === null ? {} : { profile };
  // HTTPS_PROXY and NO_PROXY, which the tools of AWS follow and the SDK does not.
  const agent = { keepAlive: true, maxSockets: SOCKETS, proxyEnv: { ...deps.env } };
  const handler = new NodeHttpHandler({
    connectionTimeout: CONNECT_MS,
    requestTimeout: ANSWER_MS,
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
    socketAcquisitionWarningTimeout: 0x7f_ff_ff_ff,
    logger: QUIET,
  });
  const chain = { ...chosen, logger: QUIET, ignoreCache: true, clientConfig: { requestHandler: handler } };
  const credentials = learning(defaultProvider(chain), deps);
  const clients = new Map<string, Promise<Client>>();
  const endpointOf = (service: ServiceName): string | null => {
    const { env } = deps;
    const own = `AWS_ENDPOINT_URL_${SERVICES[service].sdkId.replaceAll(' ', '_').toUpperCase()}`;
    const ofEnvironment = env[own] ?? env['AWS_ENDPOINT_URL'] ?? null;
    if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return null;
    return ofEnvironment ?? files.endpoint(profile ?? env['AWS_PROFILE'] ?? 'default', service);
  };
  const open = async (service: ServiceName, region: string | null): Promise<Client> => {
    const endpoint = endpointOf(service);
    return clientOf(service, {
      ...chosen,
      ...(region === null ? {} : { region }),
      ...(endpoint === null ? {} : ownAddress(service, endpoint)),
      ...(service === 's3' ? { followRegionRedirects: true } : {}),
      credentials,
      requestHandler: handler,
      ...(attempts !== null || deps.env['AWS_MAX_ATTEMPTS'] === undefined ? { maxAttempts: attempts ?? ATTEMPTS } : {}),
      // No logger: beside its own silent one, the SDK copies every answer for whoever listens, to leave out what is sensitive.
      retryMode: 'adaptive',
    });
  };
  const clientFor = (service: ServiceName, region: string): Promise<Client> => {
    const key = `${service} ${region}`;
    const known = clients.get(key) ?? open(service, region);
    clients.set(key, known);
    return known;
  };
  return {
    call: async (service, operation, input, region, signal) => {
      const client = await clientFor(service, region);
      return client.ask(operation, input, signal);
    },
    region: async () => (await open('sts', null)).region(),
  };
}

/** An address of one's own has no names for buckets and accounts below it. */
function ownAddress(service: ServiceName, endpoint: string): object {
  const plain = { endpoint, forcePathStyle: true, disableHostPrefix: true };
  // S3 Control puts the account before any host, an IP address too.
  return service === 's3Control' ? { ...plain, endpointProvider: () => ({ url: new URL(endpoint) }) } : plain;
}

interface Client {
  ask(operation: string, input: object, signal: AbortSignal): Promise<object>;
  region(): Promise<string | null>;
}

/** The SDK's modules are all made alike, which its types don't say: a client, and a command for each operation. */
async function clientOf(service: ServiceName, config: object): Promise<Client> {
  const { client: name, load } = SERVICES[service];
  const module = await load();
  const client = made(module, name, config);
  const send = memberOf(client, 'send');
  return {
    ask: async (operation, input, signal) => {
      const command = made(module, `${operation}Command`, input);
      const output: unknown = await Reflect.apply(send, client, [command, { abortSignal: signal }]);
      if (typeof output !== 'object' || output === null) throw new Error(`${operation} answered with no object`);
      return output;
    },
    region: async () => {
      const region: unknown = Reflect.get(Object(Reflect.get(client, 'config')), 'region');
      if (typeof region !== 'function') return null;
      try {
        const said: unknown = await Reflect.apply(region, undefined, []);
        return typeof said === 'string' ? said : null;
      } catch (error) {
        if (error instanceof Error && /region is missing/i.test(error.message)) return null;
        throw error;
      }
    },
  };
}

function made(module: object, name: string, argument: object): object {
  const constructor: unknown = Reflect.get(module, name);
  if (typeof constructor !== 'function') throw new TypeError(`the SDK has no ${name}`);
  const instance: unknown = Reflect.construct(constructor, [argument]);
  if (typeof instance !== 'object' || instance === null) throw new TypeError(`the SDK's ${name} makes no object`);
  return instance;
}

type Method = (...args: readonly unknown[]) => unknown;

function memberOf(owner: object, name: string): Method {
  const member: unknown = Reflect.get(owner, name);
  if (!isMethod(member)) throw new TypeError(`the SDK has no ${name}`);
  return member;
}

function isMethod(member: unknown): member is Method {
  return typeof member === 'function';
}

type Provider = ReturnType<typeof defaultProvider>;

/** Every credential is made known, so that it can never be shown. */
function learning(provider: Provider, { learn }: Pick<ProviderDeps, 'learn'>): Provider {
  return async (properties) => {
    const credentials = await provider(properties);
    learn(credentials.secretAccessKey);
    if (credentials.sessionToken !== undefined) learn(credentials.sessionToken);
    return credentials;
  };
}

/** The SDK prints warnings unless somebody takes them; nothing inside prints. */
const QUIET = {
  trace: (): void => undefined,
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
};
