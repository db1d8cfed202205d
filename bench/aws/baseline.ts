import { readFileSync } from 'node:fs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import * as z from 'zod';
import { SERVICES, type ServiceName } from '../../src/providers/aws/services.ts';
import { PACKAGES } from '../../test/support/aws/packages.ts';

/** The bare SDK: the same calls with the same inputs, as many at once, and nothing done with what comes. */
const AT_ONCE = 24;
const callSchema = z.object({
  service: z.custom<ServiceName>((value) => typeof value === 'string' && Object.hasOwn(SERVICES, value)),
  operation: z.string(),
  input: z.record(z.string(), z.unknown()),
  region: z.string(),
});
const calls = z.array(callSchema).parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const requestHandler = new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 64 } });
const clients = new Map<string, Promise<Opened>>();

interface Opened {
  readonly module: object;
  readonly client: object;
}

async function open(service: ServiceName, region: string): Promise<Opened> {
  const module = await PACKAGES[service]();
  const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';
  const own = service === 's3Control' ? { endpointProvider: () => ({ url: new URL(endpoint) }) } : {};
  const config = { region, requestHandler, forcePathStyle: true, disableHostPrefix: true, ...own };
  return { module, client: made(module, SERVICES[service].client, config) };
}

function made(module: object, name: string, argument: object): object {
  const constructor: unknown = Reflect.get(module, name);
  if (typeof constructor !== 'function') throw new Error(`the SDK has no ${name}`);
  const instance: unknown = Reflect.construct(constructor, [argument]);
  if (typeof instance !== 'object' || instance === null) throw new Error(`${name} makes no object`);
  return instance;
}

let next = 0;
async function work(): Promise<void> {
  for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
    const { service, operation, input, region } = call;
    const key = `${service} ${region}`;
    const opened = clients.get(key) ?? open(service, region);
    clients.set(key, opened);
    const { module, client } = await opened;
    const send: unknown = Reflect.get(client, 'send');
    if (typeof send !== 'function') throw new Error('a client that sends nothing');
    await Reflect.apply(send, client, [made(module, `${operation}Command`, input)]);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
