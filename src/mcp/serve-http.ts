import type { StatefulApp } from '../app/app.ts';
import { isMcpToken, mcpToken } from '../app/mcp-token.ts';
import type { Listen } from '../domain/loopback.ts';
import { listenLoopback, type Listening } from './http/listen.ts';
import type { Refusal } from './http/guard.ts';
import { sealNowAndThen } from './seal-now-and-then.ts';
import type { RunCommand } from './tool.ts';
import { watchResources } from './watch.ts';

export interface McpHttpOptions {
  readonly listen: Listen;
  /** Pages that may call; none but those of the configuration. */
  readonly origins: readonly string[];
  readonly command: RunCommand;
  onRefused(refusal: Refusal): void;
  onTrouble(error: unknown): void;
}

/** Serves MCP on an address of this machine. What the protocol needs is loaded for the first caller with the token. */
export async function serveMcpHttp(app: StatefulApp, options: McpHttpOptions): Promise<Listening> {
  const { listen, origins, command, onRefused, onTrouble } = options;
  const now = (): number => app.surroundings.clock.monotonic();
  // Made, or refused, before anybody is let in; and known as a secret wherever it turns up.
  app.redactor.learn(mcpToken(app));
  const listening = await listenLoopback({
    listen,
    origins,
    isToken: (presented) => isMcpToken(app, presented),
    now,
    serve: async () => {
      const [{ serveProtocol }, { createProduct }, { InMemoryServerEventBus }] = await Promise.all([
        import('./http/serve.ts'),
        import('./product.ts'),
        import('@modelcontextprotocol/server'),
      ]);
      const bus = new InMemoryServerEventBus(onTrouble);
      return serveProtocol(createProduct({ app, command, onTrouble }), { bus, now, onTrouble });
    },
    onRefused,
    onTrouble,
  });
  const ends = [watchResources(app, listening, onTrouble), sealNowAndThen(app, onTrouble)];
  return {
    ...listening,
    close: async () => {
      for (const end of ends) end();
      await listening.close();
    },
  };
}
