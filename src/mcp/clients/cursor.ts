import { NAME, TOKEN_VARIABLE, type Client } from './client.ts';
import { jsonFile, jsonNotes, jsonServer } from './json-server.ts';
import { variableNotes } from './notes.ts';

export const cursor: Client = {
  usual: 'file',
  expands: true,
  check: 'Settings, MCP: holdfast is listed with its tools',
  form: (kind, way) =>
    kind === 'command'
      ? null
      : {
          text: jsonFile({ mcpServers: { [NAME]: jsonServer(way, `Bearer \${env:${TOKEN_VARIABLE}}`) } }),
          path: '~/.cursor/mcp.json',
          notes: [...jsonNotes('mcpServers'), ...variableNotes(way)],
        },
};
