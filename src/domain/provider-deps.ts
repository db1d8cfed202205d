import type { Clock } from './clock.ts';
import type { McpTrust } from './mcp-server.ts';
import type { PaidAnswers } from './paid-answers.ts';

/** What the providers need of the world; handed in by the app. */
export interface ProviderDeps {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Random id of this installation: names the machine where it has no id of its own. */
  readonly instance: string;
  /** Keeps answers that cost money; absent: nothing that costs money is asked. */
  readonly paid?: PaidAnswers;
  /** The MCP servers of others that may be read; absent: none. */
  readonly mcp?: McpTrust;
  /** Called with every credential that is loaded, so that it can never be shown. */
  learn(secret: string): void;
}
