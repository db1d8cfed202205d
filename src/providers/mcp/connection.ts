import { Client, ProtocolError, type Transport, type VersionNegotiationOptions } from '@modelcontextprotocol/client';
import type { JsonObject } from '../../domain/json.ts';
import type { McpServer, McpTool } from '../../domain/mcp-server.ts';
import * as z from 'zod';
import { endpointTransport } from './http.ts';
import { ProgramTransport } from './stdio.ts';
import { ServerTrouble } from './trouble.ts';

/** What a tool answered. */
export interface ToolResult {
  /** It says of itself that it failed. */
  readonly isError: boolean;
  /** `structuredContent`; null when there is none. */
  readonly structured: JsonObject | null;
  /** Its texts, one after another. */
  readonly text: string;
}

/** One server, spoken to. Throws what `troubleOf` has words for. */
export interface Connection {
  tools(signal: AbortSignal): Promise<readonly McpTool[]>;
  call(tool: string, input: JsonObject, signal: AbortSignal): Promise<ToolResult>;
  close(): Promise<void>;
}

export interface Connecting {
  readonly server: McpServer;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The token that the server wants; null: none is sent. */
  readonly token: string | null;
  /** Ends the connection, and whatever is under way. */
  readonly signal: AbortSignal;
}

/** What every program needs, and no secret. */
const NEEDED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SystemRoot'];
/** How long a server over HTTP has to say that it knows the newer protocol. */
const GREETING_MS = 5_000;
/** A program is greeted as of old, which all but a few understand: some end, or say nothing, when they hear the newer greeting. */
const OLDER = { mode: 'legacy' } as const;
const NEWER = { mode: { pin: '2026-07-28' } } as const;
const MOST_PAGES = 20;
const MOST_TOOLS = 1_000;
/** A message holds a result twice (as text and structured), escaped, with what belongs to the protocol. */
const MESSAGE_PER_OUTPUT = 4;
const MESSAGE_AT_LEAST = 1024 * 1024;

/** Begins to speak with a server. It is offered nothing: no sampling, no elicitation, no roots. */
export async function connect(connecting: Connecting): Promise<Connection> {
  const { way, timeoutMs } = connecting.server;
  if (way.kind === 'http') {
    const probe = { timeoutMs: Math.min(GREETING_MS, timeoutMs), maxRetries: 0 };
    return connectAs(connecting, { mode: 'auto', probe });
  }
  try {
    return await connectAs(connecting, OLDER);
  } catch (error) {
    // It answered, and does not know the older greeting.
    if (error instanceof ProtocolError) return connectAs(connecting, NEWER);
    throw error;
  }
}

async function connectAs(connecting: Connecting, versionNegotiation: VersionNegotiationOptions): Promise<Connection> {
  const { server, signal } = connecting;
  const { timeoutMs } = server;
  const ended = new AbortController();
  const { transport, trouble } = transportTo(connecting, AbortSignal.any([signal, ended.signal]));
  const client = new Client(
    { name: 'holdfast', version: '1' },
    { capabilities: {}, inputRequired: { autoFulfill: false }, listMaxPages: MOST_PAGES, versionNegotiation },
  );
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', onAbort);
    ended.abort();
    await client.close();
    await transport.close();
  };
  const onAbort = (): void => void close().catch(() => undefined); // there is nobody left to tell
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw trouble() ?? error;
    }
  };
  try {
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    await told(() => client.connect(transport, { timeout: timeoutMs, signal }));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    tools: async (of) => {
      const { tools } = await told(() =>
        client.listTools(undefined, { timeout: timeoutMs, signal: of, cacheMode: 'refresh' }),
      );
      if (tools.length > MOST_TOOLS) throw new ServerTrouble('MCP_TOO_LARGE', `lists more than ${MOST_TOOLS} tools`);
      return tools.map((tool) => ({ name: tool.name, definition: definitionOf(tool) }));
    },
    call: async (tool, input, of) => {
      const result = await told(() =>
        client.callTool(
          { name: tool, arguments: { ...input } },
          { timeout: timeoutMs, maxTotalTimeout: timeoutMs, signal: of },
        ),
      );
      return resultOf(result, server.maxOutput);
    },
    close,
  };
}

interface Way {
  readonly transport: Transport;
  /** What ended a program, which says more than that the connection is closed. */
  trouble(): ServerTrouble | null;
}

function transportTo({ server, env, home, token }: Connecting, signal: AbortSignal): Way {
  const { way, maxOutput } = server;
  const messageBytes = Math.max(MESSAGE_AT_LEAST, maxOutput * MESSAGE_PER_OUTPUT);
  if (way.kind === 'http') {
    const transport = endpointTransport({ url: way.url, token, answerBytes: messageBytes, signal });
    return { transport, trouble: () => null };
  }
  const program = new ProgramTransport({ ...way, env: handedOn(env, way.env), cwd: way.cwd ?? home, messageBytes });
  return { transport: program, trouble: () => program.trouble };
}

function handedOn(
  env: Readonly<Record<string, string | undefined>>,
  named: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...NEEDED, ...named].flatMap((name): [string, string][] => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const json = z.record(z.string(), z.json());

function definitionOf(tool: object): JsonObject {
  const kept = Object.entries(tool).filter(([key, value]) => value !== undefined && key !== '_meta' && key !== 'icons');
  return json.parse(JSON.parse(JSON.stringify(Object.fromEntries(kept))));
}

const answer = z.looseObject({
  isError: z.boolean().optional(),
  structuredContent: json.optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
});

function resultOf(result: unknown, most: number): ToolResult {
  const { isError, structuredContent, content } = answer.parse(result);
  const text = content.flatMap((block) => (block.type === 'text' ? (block.text ?? []) : [])).join('\n');
  const bytes = Math.max(
    Buffer.byteLength(text),
    structuredContent === undefined ? 0 : Buffer.byteLength(JSON.stringify(structuredContent)),
  );
  if (bytes > most)
    throw new ServerTrouble('MCP_TOO_LARGE', `answered ${bytes} bytes, and at most ${most} are taken (maxOutput)`);
  return { isError: isError === true, structured: structuredContent ?? null, text };
}
