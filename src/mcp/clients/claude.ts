import { NAME, TOKEN_VARIABLE, type Client, type ClientForm, type Way } from './client.ts';
import { jsonFile, jsonNotes, jsonServer } from './json-server.ts';
import { variableNotes, writtenDownNotes } from './notes.ts';
import { shellLine } from './shell-line.ts';

/** Claude Code: a command for all of the operator's projects, or the file of one project. */
export const claude: Client = {
  usual: 'command',
  expands: true,
  check: '`claude mcp list`',
  form: (kind, way) =>
    kind === 'command' ? { text: `${commandFor(way)}\n`, path: null, notes: writtenDownNotes(way) } : fileFor(way),
};

function commandFor(way: Way): string {
  const add = ['claude', 'mcp', 'add', '--transport', way.transport, '--scope', 'user', NAME];
  return way.transport === 'stdio'
    ? shellLine([...add, '--', way.command, ...way.args])
    : `${shellLine([...add, way.url])} --header "Authorization: Bearer $(${way.tokenLine})"`;
}

function fileFor(way: Way): ClientForm {
  const server = { type: way.transport, ...jsonServer(way, `Bearer \${${TOKEN_VARIABLE}}`) };
  return {
    text: jsonFile({ mcpServers: { [NAME]: server } }),
    path: '.mcp.json',
    notes: [...jsonNotes('mcpServers'), ...variableNotes(way)],
  };
}
