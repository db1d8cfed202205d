import { openStateless, type App } from '../../app/app.ts';
import { placesOf } from '../../app/places.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { authorityOf, parseListen, type Listen } from '../../domain/loopback.ts';
import { MCP_CLIENTS, MCP_CONFIG_KINDS, type McpConfig } from '../../domain/mcp-config.ts';
import type { Way } from '../../mcp/clients/client.ts';
import { configFor } from '../../mcp/clients/config-for.ts';
import { shellLine } from '../../mcp/clients/shell-line.ts';
import { EXIT, say, type Door } from '../door.ts';
import { text, type Options } from '../options.ts';
import { isOverHttp } from '../over-http.ts';
import { present } from '../present.ts';

/** `holdfast mcp config <client>`: on stdout what is to be pasted, and nothing else; the rest is said. Nothing is opened. */
export async function mcpConfig(door: Door, [named]: readonly string[], options: Options): Promise<number> {
  // Commander lets no other name through.
  const client = MCP_CLIENTS.find((name) => name === named) ?? MCP_CLIENTS[0];
  const form = MCP_CONFIG_KINDS.find((kind) => kind === options['form']) ?? null;
  const isHttp = isOverHttp(options);
  const app = openStateless(door.surroundings, door.options);
  const config = configFor(client, form, isHttp ? httpWay(door, app, text(options['listen'])) : stdioWay(door, app));
  refuseRedacted(app, config);
  present(door, app, { human: () => config.text, json: () => ['mcp-config', config] });
  if (door.options.output === 'human') for (const line of aboutIt(config)) say(door, app, line);
  return EXIT.done;
}

function stdioWay(door: Door, app: App): Way {
  const [command, script] = door.surroundings.program;
  return { transport: 'stdio', command, args: [script, 'mcp', ...placeWords(door, app)] };
}

function httpWay(door: Door, app: App, listen: string | undefined): Way {
  return {
    transport: 'http',
    url: urlOf(listen === undefined ? app.config.mcp.listen : parseListen(listen)),
    tokenLine: shellLine([...door.surroundings.program, 'mcp', 'token', ...placeWords(door, app)]),
  };
}

/** A client starts Holdfast with an environment of its own: what was named here, or by this environment, is said. */
function placeWords({ surroundings, options }: Door, { places }: App): readonly string[] {
  const usual = placesOf({ ...surroundings, env: {} }, {});
  return [
    ...(options.stateDir === undefined && places.stateDir === usual.stateDir ? [] : ['--state-dir', places.stateDir]),
    ...(options.config === undefined && places.configFile === usual.configFile ? [] : ['--config', places.configFile]),
  ];
}

function urlOf({ host, port }: Listen): string {
  if (port === 0)
    throw new CodedError('USAGE', `${host}:0 is another port each time`, {
      next: 'name a port with --listen or mcp.listen of the configuration, or use --transport stdio',
    });
  return `http://${authorityOf(host, port)}/mcp`;
}

/** A path in which something looks like a secret would be printed with a placeholder, and lead nowhere. */
function refuseRedacted({ redactor }: App, config: McpConfig): void {
  if (redactor.text(config.text) !== config.text)
    throw new CodedError('USAGE', 'a path in it looks like a secret, which is never printed', {
      next: 'use a folder with a plainer name',
    });
}

function aboutIt({ kind, path, notes }: McpConfig): readonly string[] {
  return [kind === 'command' ? 'Run it in a POSIX shell.' : `It goes into ${path ?? 'a file'}.`, ...notes];
}
