import { InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { listenLoopback, type Listening } from '../../../src/mcp/http/listen.ts';
import type { Refusal } from '../../../src/mcp/http/guard.ts';
import { serveProtocol } from '../../../src/mcp/http/serve.ts';
import type { MakeServer } from '../../../src/mcp/instance.ts';

export const TOKEN = 'hf_of-the-tests';

export interface Served extends Listening {
  readonly port: number;
  readonly refused: Refusal[];
  readonly troubles: unknown[];
}

/** Our transport and guard, with a server of a test's own behind them; ended with the test. */
export async function listening(
  make: (bus: InMemoryServerEventBus) => MakeServer,
  { origins = [], host = '127.0.0.1' }: { readonly origins?: readonly string[]; readonly host?: string } = {},
): Promise<Served> {
  const refused: Refusal[] = [];
  const troubles: unknown[] = [];
  const now = (): number => performance.now();
  const bus = new InMemoryServerEventBus();
  const server = await listenLoopback({
    listen: { host, port: 0 },
    origins,
    isToken: (presented) => presented === TOKEN,
    now,
    serve: async () => serveProtocol(make(bus), { bus, now, onTrouble: (error) => troubles.push(error) }),
    onRefused: (refusal) => refused.push(refusal),
    onTrouble: (error) => troubles.push(error),
  });
  onTestFinished(() => server.close());
  return { ...server, port: Number(new URL(server.url).port), refused, troubles };
}
