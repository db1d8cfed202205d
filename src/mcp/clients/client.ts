import type { McpConfigKind } from '../../domain/mcp-config.ts';

/** The name that this Holdfast has among a client's servers. */
export const NAME = 'holdfast';

/** The variable that holds the token where a client takes it from its environment. */
export const TOKEN_VARIABLE = 'HOLDFAST_MCP_TOKEN';

/** How a client is to reach this Holdfast. */
export type Way = StdioWay | HttpWay;

interface StdioWay {
  readonly transport: 'stdio';
  /** Absolute, so that it works from any folder. */
  readonly command: string;
  readonly args: readonly string[];
}

interface HttpWay {
  readonly transport: 'http';
  readonly url: string;
  /** What prints the token, as a line of a POSIX shell. */
  readonly tokenLine: string;
}

/** What a client needs to be told, in its own format. */
export interface ClientForm {
  readonly text: string;
  /** null: a command, which goes nowhere. */
  readonly path: string | null;
  readonly notes: readonly string[];
}

/** A client as its documentation describes it: docs/mcp-clients.md has what each was held against. */
export interface Client {
  /** Which form is printed unless another is asked for. */
  readonly usual: McpConfigKind;
  /** Whether it puts other words in the place of `${…}`, wherever that stands. */
  readonly expands: boolean;
  /** The command that shows whether it worked, or where that is seen. */
  readonly check: string;
  /** null: it documents no such form, or none that would keep the token out of it. */
  form(kind: McpConfigKind, way: Way): ClientForm | null;
}
