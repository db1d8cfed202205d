import { onTestFinished } from 'vitest';
import { mcpToken } from '../../../src/app/mcp-token.ts';
import { readCommands } from '../../../src/cli/read-command.ts';
import type { Refusal } from '../../../src/mcp/http/guard.ts';
import { serveMcpHttp } from '../../../src/mcp/serve-http.ts';
import { inventoryCatalog } from '../../../src/inventory/catalog.ts';
import { anApp, type TestApp } from '../app.ts';

export interface Product extends TestApp {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly refused: Refusal[];
  readonly troubles: unknown[];
}

/** Holdfast's own MCP server over HTTP in this process, on a state directory of its own; ended with the test. */
export async function product(
  { origins = [] }: { readonly origins?: readonly string[] } = {},
  made: TestApp = anApp(inventoryCatalog),
): Promise<Product> {
  const { app } = made;
  const refused: Refusal[] = [];
  const troubles: unknown[] = [];
  const { url, close } = await serveMcpHttp(app, {
    listen: { host: '127.0.0.1', port: 0 },
    origins,
    command: readCommands(app.surroundings, { stateDir: app.stateDir.path, config: undefined }),
    onRefused: (refusal) => refused.push(refusal),
    onTrouble: (error) => troubles.push(error),
  });
  onTestFinished(() => close());
  return { ...made, url, port: Number(new URL(url).port), token: mcpToken(app), refused, troubles };
}
