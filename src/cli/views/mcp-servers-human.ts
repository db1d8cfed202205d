import type { ServerView, ToolStanding, ToolView } from '../../app/mcp-servers.ts';
import type { JsonValue } from '../../domain/json.ts';
import type { McpWay } from '../../domain/mcp-server.ts';
import { printable, printableStart } from '../../domain/printable.ts';
import type { Style } from '../terminal.ts';
import { count, table } from './layout.ts';

export function mcpServersHuman(servers: readonly ServerView[], style: Style): string {
  if (servers.length === 0) return 'No MCP server of others is configured (mcp.servers).\n';
  const rows = servers.flatMap(({ server, tools }) => [
    [style('bold', server.name), wayWords(server.way), server.ask ? 'models may ask' : ''],
    ...tools.map((tool) => [`  ${printable(tool.name)}`, standingWords(tool.standing, style), '']),
  ]);
  return `${table(rows)}\n`;
}

export function mcpServerHuman({ server, tools }: ServerView, style: Style): string {
  const head = `${style('bold', server.name)}  ${wayWords(server.way)}\n`;
  const listed = tools.filter(({ standing }) => standing !== 'not-allowed');
  const others = tools.filter(({ standing }) => standing === 'not-allowed');
  const rest =
    others.length === 0
      ? ''
      : `\nNot allowed, and never called: ${others.map(({ name }) => printable(name)).join(', ')}\n`;
  return `${head}${listed.map((tool) => `\n${toolLines(tool, style)}`).join('')}${rest}`;
}

export function mcpTrustedHuman(view: ServerView, style: Style): string {
  const { server, tools } = view;
  return `${mcpServerHuman(view, style)}\n${count(tools.length, 'tool')} of ${server.name} trusted, exactly as shown: once it changes, it is not called.\n`;
}

function toolLines({ name, standing, notRead, tool, differences }: ToolView, style: Style): string {
  const lines = [`${style('bold', printable(name))}  ${standingWords(standing, style)}`];
  const { description, inputSchema, annotations } = tool?.definition ?? {};
  if (typeof description === 'string') lines.push(...description.split('\n').map((line) => `  ${printable(line)}`));
  if (inputSchema !== undefined) lines.push(`  takes  ${shown(inputSchema)}`);
  if (annotations !== undefined) lines.push(`  says of itself  ${shown(annotations)}`);
  if (notRead !== null) lines.push(`  ${style('red', 'can not be trusted')}: ${notRead}`);
  lines.push(
    ...differences.flatMap(({ part, was, is }) => [`  ${part}`, `    was  ${shown(was)}`, `    is   ${shown(is)}`]),
  );
  return `${lines.join('\n')}\n`;
}

function standingWords(standing: ToolStanding, style: Style): string {
  switch (standing) {
    case 'trusted':
      return style('green', 'trusted');
    case 'changed':
      return style('red', 'changed since it was trusted: not called');
    case 'untrusted':
      return style('magenta', 'not trusted yet: not called');
    case 'missing':
      return style('magenta', 'its server does not list it');
    case 'not-allowed':
      return 'not allowed';
  }
}

function wayWords(way: McpWay): string {
  return way.kind === 'http' ? printable(way.url) : [way.command, ...way.args].map(printable).join(' ');
}

/** Whole, as it is what one trusts; but not without end. */
const LONGEST = 4_000;

function shown(value: JsonValue): string {
  return value === null ? '(nothing)' : printableStart(JSON.stringify(value), LONGEST);
}
