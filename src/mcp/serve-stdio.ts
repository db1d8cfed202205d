import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { StatefulApp } from '../app/app.ts';
import type { McpInstance } from './instance.ts';
import { createProduct } from './product.ts';
import { sealNowAndThen } from './seal-now-and-then.ts';
import type { RunCommand } from './tool.ts';
import { watchResources } from './watch.ts';

export interface McpStdioOptions {
  readonly command: RunCommand;
  /** Aborted when the process is to end. */
  readonly signal: AbortSignal;
  onTrouble(error: unknown): void;
}

/** A message may weigh so much, bytes, as over HTTP. */
const MOST_BYTES = 1024 * 1024;

/** Serves MCP to the program that started this one, until it hangs up. There is no token: who starts a process is its user. */
export async function serveMcpStdio(app: StatefulApp, { command, signal, onTrouble }: McpStdioOptions): Promise<void> {
  const makeServer = createProduct({ app, command, onTrouble });
  const instances = new Set<McpInstance>();
  const ended = Promise.withResolvers<void>();
  const transport = new StdioServerTransport(undefined, undefined, { maxBufferSize: MOST_BYTES });
  const handle = serveStdio(
    async ({ era }) => {
      const instance = await makeServer({ era });
      instances.add(instance);
      return instance.server;
    },
    { transport, onerror: onTrouble },
  );
  const closed = transport.onclose;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's transports are no event targets
  transport.onclose = () => {
    closed?.();
    ended.resolve();
  };
  const told = {
    isWatched: () => true,
    resourceUpdated: (uri: string) => {
      for (const instance of instances) instance.resourceUpdated(uri);
    },
  };
  const ends = [watchResources(app, told, onTrouble), sealNowAndThen(app, onTrouble)];
  signal.addEventListener('abort', () => ended.resolve(), { once: true });
  await ended.promise;
  for (const end of ends) end();
  await handle.close();
}
