import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { onTestFinished } from 'vitest';

/** What a client of any version is asked for in tests. */
export interface TestClient {
  tools(): Promise<
    readonly { readonly name: string; readonly inputSchema: object; readonly outputSchema?: object | undefined }[]
  >;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<Called>;
  resources(): Promise<readonly string[]>;
  read(uri: string): Promise<string>;
  prompts(): Promise<readonly string[]>;
  prompt(name: string, args: Record<string, string>): Promise<string>;
  /** The protocol that both sides agreed on. */
  readonly protocol: string | undefined;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string) => void;
}

export interface Called {
  readonly isError: boolean;
  readonly text: string;
  readonly data: Record<string, unknown> | null;
}

export const GENERATIONS = ['v1', 'v2', 'v2 of 2026-07-28'] as const;
export type Generation = (typeof GENERATIONS)[number];

export type Way =
  | { readonly url: string; readonly token: string }
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd?: string;
    };

/** A client of others, connected; closed with the test. */
export async function aClient(generation: Generation, way: Way, name = 'test'): Promise<TestClient> {
  const client = generation === 'v1' ? await v1(way, name) : await v2(way, name, generation !== 'v2');
  onTestFinished(() => client.close());
  return client;
}

async function v1(way: Way, name: string): Promise<TestClient> {
  const client = new Client1({ name, version: '1' });
  const transport =
    'url' in way
      ? new Http1(new URL(way.url), { requestInit: { headers: { Authorization: `Bearer ${way.token}` } } })
      : new Stdio1({
          command: way.command,
          args: [...way.args],
          env: { ...way.env },
          ...(way.cwd === undefined ? {} : { cwd: way.cwd }),
          stderr: 'ignore',
        });
  // The package's own types disagree under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (tool, args = {}, { signal, onProgress } = {}) =>
      calledOf(
        await client.callTool({ name: tool, arguments: args }, undefined, {
          ...(signal === undefined ? {} : { signal }),
          ...(onProgress === undefined ? {} : { onprogress: ({ message }) => onProgress(message ?? '') }),
        }),
      ),
    resources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => textOf((await client.readResource({ uri })).contents[0]),
    prompts: async () => (await client.listPrompts()).prompts.map((prompt) => prompt.name),
    prompt: async (prompt, args) =>
      textOf((await client.getPrompt({ name: prompt, arguments: args })).messages[0]?.content),
    protocol: 'protocolVersion' in transport ? String(transport.protocolVersion) : undefined,
    close: () => client.close(),
  };
}

async function v2(way: Way, name: string, isModern: boolean): Promise<TestClient> {
  const client = new Client2(
    { name, version: '2' },
    isModern ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {},
  );
  const transport =
    'url' in way
      ? new Http2(new URL(way.url), { requestInit: { headers: { Authorization: `Bearer ${way.token}` } } })
      : new Stdio2({
          command: way.command,
          args: [...way.args],
          env: { ...way.env },
          ...(way.cwd === undefined ? {} : { cwd: way.cwd }),
          stderr: 'ignore',
        });
  await client.connect(transport);
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (tool, args = {}, { signal, onProgress } = {}) =>
      calledOf(
        await client.callTool(
          { name: tool, arguments: args },
          {
            ...(signal === undefined ? {} : { signal }),
            ...(onProgress === undefined ? {} : { onprogress: ({ message }) => onProgress(message ?? '') }),
          },
        ),
      ),
    resources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => textOf((await client.readResource({ uri })).contents[0]),
    prompts: async () => (await client.listPrompts()).prompts.map((prompt) => prompt.name),
    prompt: async (prompt, args) =>
      textOf((await client.getPrompt({ name: prompt, arguments: args })).messages[0]?.content),
    protocol: client.getNegotiatedProtocolVersion(),
    close: () => client.close(),
  };
}

function calledOf(result: { readonly [key: string]: unknown }): Called {
  const content: unknown[] = Array.isArray(result['content']) ? result['content'] : [];
  const data = result['structuredContent'];
  return {
    isError: result['isError'] === true,
    text: textOf(content[0]),
    data: typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : null,
  };
}

function textOf(block: unknown): string {
  return typeof block === 'object' && block !== null && 'text' in block ? String(block.text) : '';
}
