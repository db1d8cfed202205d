import { NAME, TOKEN_VARIABLE, type Client, type Way } from './client.ts';
import { variableNotes } from './notes.ts';
import { shellLine } from './shell-line.ts';

export const codex: Client = {
  usual: 'file',
  expands: false,
  check: '`codex mcp list`',
  form: (kind, way) =>
    kind === 'command'
      ? { text: `${commandFor(way)}\n`, path: null, notes: variableNotes(way) }
      : {
          text: tomlFor(way),
          path: '~/.codex/config.toml',
          notes: ['Append it once: TOML takes a table of one name one time.', ...variableNotes(way)],
        },
};

function commandFor(way: Way): string {
  const add = ['codex', 'mcp', 'add', NAME];
  return way.transport === 'stdio'
    ? shellLine([...add, '--', way.command, ...way.args])
    : shellLine([...add, '--url', way.url, '--bearer-token-env-var', TOKEN_VARIABLE]);
}

/** It begins with an empty line: the file that it is appended to may lack its last newline. */
function tomlFor(way: Way): string {
  const lines =
    way.transport === 'stdio'
      ? [`command = ${basic(way.command)}`, `args = [${way.args.map(basic).join(', ')}]`]
      : [`url = ${basic(way.url)}`, `bearer_token_env_var = ${basic(TOKEN_VARIABLE)}`];
  return `\n[mcp_servers.${NAME}]\n${lines.join('\n')}\n`;
}

/** A basic string of TOML: what JSON escapes, and how, TOML reads in the same way. */
function basic(text: string): string {
  return JSON.stringify(text);
}
