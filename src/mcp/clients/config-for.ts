import { CodedError } from '../../domain/coded-error.ts';
import type { McpClientName, McpConfig, McpConfigKind } from '../../domain/mcp-config.ts';
import { printable } from '../../domain/printable.ts';
import { claude } from './claude.ts';
import type { Client, Way } from './client.ts';
import { codex } from './codex.ts';
import { cursor } from './cursor.ts';
import { hermes } from './hermes.ts';
import { openclaw } from './openclaw.ts';
import { vscode } from './vscode.ts';

const CLIENTS: Readonly<Record<McpClientName, Client>> = { openclaw, claude, codex, cursor, hermes, vscode };

/** What registers this Holdfast in a client. USAGE when the client has no such form, or could not be told of a path. */
export function configFor(name: McpClientName, asked: McpConfigKind | null, way: Way): McpConfig {
  const client = CLIENTS[name];
  const kind = asked ?? client.usual;
  refuseUnsayable(name, client, way);
  const form = client.form(kind, way);
  if (form === null)
    throw new CodedError('USAGE', `there is no --form ${kind} for ${name} over ${way.transport}`, {
      next: 'leave --form out',
    });
  return {
    client: name,
    transport: way.transport,
    kind,
    path: form.path,
    text: form.text,
    needsToken: way.transport === 'http',
    notes: [...form.notes, ...servingNotes(way), `To see that it works: ${client.check}.`],
  };
}

/** Rather than lines that look right and start something else. */
function refuseUnsayable(name: McpClientName, { expands }: Client, way: Way): void {
  const words = way.transport === 'stdio' ? [way.command, ...way.args] : [];
  const hidden = words.find((word) => printable(word) !== word);
  if (hidden !== undefined)
    throw new CodedError('USAGE', `the path ${printable(hidden)} holds what can't be seen`, {
      next: 'use a folder with a plainer name',
    });
  const expanded = words.find((word) => expands && word.includes('${'));
  if (expanded !== undefined)
    throw new CodedError('USAGE', `${name} would put something else in the place of \${…} in ${expanded}`, {
      next: 'use a folder with a plainer name',
    });
}

function servingNotes(way: Way): readonly string[] {
  return way.transport === 'stdio'
    ? []
    : [`\`holdfast up\` or \`holdfast mcp --transport http\` must serve ${way.url}.`];
}
