import { openApp, type StatefulApp } from '../../app/app.ts';
import {
  listMcpServers,
  showMcpServer,
  trustMcpTools,
  untrustMcpTools,
  type ServerView,
} from '../../app/mcp-servers.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import { mcpServerHuman, mcpServersHuman, mcpTrustedHuman } from '../views/mcp-servers-human.ts';

/** `holdfast mcp servers list`: asks none of them. */
export async function mcpServersList(door: Door): Promise<number> {
  return withApp(door, async (app) => {
    const servers = listMcpServers(app);
    present(door, app, {
      human: () => mcpServersHuman(servers, door.terminal.style),
      json: () => ['mcp-servers', { servers: servers.map(document) }],
      ndjson: () => ['mcp-server', servers.map(document)],
    });
    return EXIT.done;
  });
}

/** `holdfast mcp servers show`: starts or asks the server; 3 when a tool that is allowed is not as it was trusted. */
export async function mcpServersShow(door: Door, [name = '']: readonly string[]): Promise<number> {
  return withApp(door, async (app, signal) => {
    const view = await showMcpServer(app, name, signal);
    present(door, app, {
      human: () => mcpServerHuman(view, door.terminal.style),
      json: () => ['mcp-server', document(view)],
    });
    return view.tools.some(({ standing }) => standing === 'changed') ? EXIT.findings : EXIT.done;
  });
}

/** `holdfast mcp servers trust`: pins tools as they are now, and shows what was pinned. */
export async function mcpServersTrust(door: Door, [name = '', ...tools]: readonly string[]): Promise<number> {
  return withApp(door, async (app, signal) => {
    const view = await trustMcpTools(app, name, tools, signal);
    present(door, app, {
      human: () => mcpTrustedHuman(view, door.terminal.style),
      json: () => ['mcp-server', document(view)],
    });
    return EXIT.done;
  });
}

export async function mcpServersUntrust(door: Door, [name = '', ...tools]: readonly string[]): Promise<number> {
  return withApp(door, async (app) => {
    const removed = untrustMcpTools(app, name, tools);
    present(door, app, {
      human: () => `No longer trusted, and not called any more: ${removed.join(', ')} of ${name}.`,
      json: () => ['mcp-untrusted', { server: name, tools: removed }],
    });
    return EXIT.done;
  });
}

function document({ server: { name, way, ask }, tools }: ServerView) {
  return {
    name,
    way,
    ask,
    tools: tools.map(({ name: tool, standing, notRead, tool: is, digest, differences }) => ({
      name: tool,
      standing,
      notRead,
      definition: is?.definition ?? null,
      digest,
      differences,
    })),
  };
}

async function withApp(door: Door, work: (app: StatefulApp, signal: AbortSignal) => Promise<number>): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    return await work(app, interrupt.signal);
  } finally {
    interrupt.done();
    app.close();
  }
}
