import { NAME, type Client, type Way } from './client.ts';
import { writtenDownNotes } from './notes.ts';
import { shellLine } from './shell-line.ts';

/** OpenClaw keeps its servers by a command; it asks them for their tools before it saves them. */
export const openclaw: Client = {
  usual: 'command',
  expands: true,
  check: '`openclaw mcp doctor holdfast --probe`',
  form: (kind, way) =>
    kind === 'command' ? { text: `${commandFor(way)}\n`, path: null, notes: writtenDownNotes(way) } : null,
};

function commandFor(way: Way): string {
  const add = ['openclaw', 'mcp', 'add', NAME];
  if (way.transport === 'stdio')
    return shellLine([...add, '--command', way.command, ...way.args.flatMap((arg) => ['--arg', arg])]);
  const line = shellLine([...add, '--url', way.url, '--transport', 'streamable-http']);
  return `${line} --header "Authorization=Bearer $(${way.tokenLine})"`;
}
