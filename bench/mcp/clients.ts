import { Agent, request } from 'node:http';
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

export interface Place {
  readonly url: string;
  readonly token: string;
}

/** A client that was initialised. A call that is refused, or not answered, throws. */
export interface BenchClient {
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

export const PROTOCOLS = ['2025-11-25', '2026-07-28'] as const;
export type ProtocolVersion = (typeof PROTOCOLS)[number];

/** The SDK's own client: its first generation for the protocol with sessions, its second for the one without. */
export async function sdkClient(protocol: ProtocolVersion, place: Place, name: string): Promise<BenchClient> {
  const requestInit = { headers: { Authorization: `Bearer ${place.token}`, 'User-Agent': name } };
  if (protocol === '2025-11-25') {
    const client = new Client1({ name, version: '1' });
    const transport = new Http1(new URL(place.url), { requestInit });
    // The package's own types disagree under exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    return {
      call: async (tool, args) => answered(await client.callTool({ name: tool, arguments: { ...args } })),
      close: () => client.close(),
    };
  }
  return connected2(name, new Http2(new URL(place.url), { requestInit }));
}

/** A client that starts the server as a process, and speaks with it over stdin and stdout. */
export async function stdioClient(args: readonly string[]): Promise<BenchClient> {
  return connected2('stdio', new StdioClientTransport({ command: process.execPath, args: [...args] }));
}

async function connected2(name: string, transport: Http2 | StdioClientTransport): Promise<BenchClient> {
  const client = new Client2({ name, version: '2' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(transport);
  return {
    call: async (tool, args) => answered(await client.callTool({ name: tool, arguments: { ...args } })),
    close: () => client.close(),
  };
}

function answered(result: { readonly [key: string]: unknown }): unknown {
  if (result['isError'] === true) throw new Error(`a call was refused: ${JSON.stringify(result['content'])}`);
  return result;
}

/** A client that does next to nothing itself, on one connection of its own that it keeps. */
export async function rawClient(protocol: ProtocolVersion, place: Place, name: string): Promise<BenchClient> {
  const wire = wireTo(place, name);
  const client = protocol === '2025-11-25' ? await withSession(wire, name) : withoutSession(wire, name);
  return { ...client, close: async () => wire.close() };
}

type Call = Pick<BenchClient, 'call'>;

async function withSession(wire: Wire, name: string): Promise<Call> {
  const clientInfo = { name, version: '1' };
  const { session } = await wire.post(
    { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } },
    {},
  );
  const headers = {
    'MCP-Protocol-Version': '2025-11-25',
    ...(session === undefined ? {} : { 'Mcp-Session-Id': session }),
  };
  await wire.post({ method: 'notifications/initialized' }, headers);
  let id = 0;
  return {
    call: async (tool, args) =>
      whole(await wire.post({ id: (id += 1), method: 'tools/call', params: { name: tool, arguments: args } }, headers)),
  };
}

function withoutSession(wire: Wire, name: string): Call {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name, version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const headers = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call' };
  let id = 0;
  return {
    call: async (tool, args) =>
      whole(
        await wire.post(
          { id: (id += 1), method: 'tools/call', params: { name: tool, arguments: args, _meta: meta } },
          { ...headers, 'Mcp-Name': tool },
        ),
      ),
  };
}

interface Answer {
  readonly status: number;
  readonly session: string | undefined;
  readonly text: string;
}

function whole({ status, text }: Answer): void {
  if (status !== 200 || !text.includes('"result"') || text.includes('"isError":true'))
    throw new Error(`a call was not answered: ${status} ${text.slice(0, 300)}`);
}

interface Wire {
  post(message: object, headers: Readonly<Record<string, string>>): Promise<Answer>;
  close(): void;
}

function wireTo({ url, token }: Place, name: string): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const always = {
    Authorization: `Bearer ${token}`,
    'User-Agent': name,
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
  };
  return {
    post: (message, headers) =>
      new Promise((resolve, reject) => {
        const sending = request(url, { agent, method: 'POST', headers: { ...always, ...headers } }, (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const session = incoming.headers['mcp-session-id'];
            resolve({
              status: incoming.statusCode ?? 0,
              session: typeof session === 'string' ? session : undefined,
              text: Buffer.concat(chunks).toString('utf8'),
            });
          });
        });
        sending.on('error', reject);
        sending.end(JSON.stringify({ jsonrpc: '2.0', ...message }));
      }),
    close: () => agent.destroy(),
  };
}
