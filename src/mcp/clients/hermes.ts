import { NAME, TOKEN_VARIABLE, type Client, type Way } from './client.ts';
import { variableNotes } from './notes.ts';

export const hermes: Client = {
  usual: 'file',
  expands: true,
  check: '`hermes mcp test holdfast`',
  form: (kind, way) =>
    kind === 'command'
      ? null
      : {
          text: yamlFor(way),
          path: '~/.hermes/config.yaml',
          notes: [
            'If the file has `mcp_servers:` already, put the lines of holdfast below it: YAML takes a key one time.',
            ...variableNotes(way),
          ],
        },
};

function yamlFor(way: Way): string {
  const lines =
    way.transport === 'stdio'
      ? [`command: ${quoted(way.command)}`, `args: [${way.args.map(quoted).join(', ')}]`]
      : [`url: ${quoted(way.url)}`, `headers: { Authorization: ${quoted(`Bearer \${${TOKEN_VARIABLE}}`)} }`];
  return `mcp_servers:\n  ${NAME}:\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** A string of YAML in double quotes: one of JSON is one of YAML. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
