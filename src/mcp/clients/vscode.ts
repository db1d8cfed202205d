import { NAME, type Client, type ClientForm, type Way } from './client.ts';
import { jsonFile, jsonNotes, jsonServer } from './json-server.ts';
import { shellLine } from './shell-line.ts';

const INPUT = 'holdfast-token';

/** VS Code: the file of a workspace, or a command for the user's profile, which can't ask for a token. */
export const vscode: Client = {
  usual: 'file',
  expands: true,
  check: 'the command `MCP: List Servers`',
  form: (kind, way) => (kind === 'command' ? commandFor(way) : fileFor(way)),
};

function commandFor(way: Way): ClientForm | null {
  if (way.transport === 'http') return null;
  const server = JSON.stringify({ name: NAME, ...serverFor(way) });
  return { text: `${shellLine(['code', '--add-mcp', server])}\n`, path: null, notes: [] };
}

function fileFor(way: Way): ClientForm {
  const servers = { [NAME]: serverFor(way) };
  return {
    text: jsonFile(way.transport === 'stdio' ? { servers } : { inputs: [TOKEN_INPUT], servers }),
    path: '.vscode/mcp.json',
    notes: [...jsonNotes('servers'), ...tokenNotes(way)],
  };
}

function serverFor(way: Way): object {
  return { type: way.transport, ...jsonServer(way, `Bearer \${input:${INPUT}}`) };
}

const TOKEN_INPUT = {
  type: 'promptString',
  id: INPUT,
  description: 'What `holdfast mcp token` prints',
  password: true,
};

function tokenNotes(way: Way): readonly string[] {
  return way.transport === 'stdio'
    ? []
    : [`The input goes into the file's "inputs". VS Code asks for the token once; this prints it: ${way.tokenLine}`];
}
