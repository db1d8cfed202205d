import { TOKEN_VARIABLE, type Way } from './client.ts';

/** For a client that takes the token from a variable. */
export function variableNotes(way: Way): readonly string[] {
  return way.transport === 'stdio' ? [] : [`Set the variable where the client starts: ${exportLine(way.tokenLine)}`];
}

function exportLine(tokenLine: string): string {
  return `export ${TOKEN_VARIABLE}="$(${tokenLine})"`;
}

/** For a command into which the shell puts the token: the client writes it down. */
export function writtenDownNotes(way: Way): readonly string[] {
  return way.transport === 'stdio'
    ? []
    : [
        'The shell puts the token in when it runs the command: other users may see it among the processes meanwhile, and the client keeps it. After `holdfast mcp token rotate`, remove the entry and run the command again.',
      ];
}
