import type { Way } from './client.ts';

/** A server as most clients have it in JSON; the header is for HTTP alone. */
export function jsonServer(way: Way, authorization: string): object {
  return way.transport === 'stdio'
    ? { command: way.command, args: way.args }
    : { url: way.url, headers: { Authorization: authorization } };
}

/** JSON as a person would write it into a file. */
export function jsonFile(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** For a file that holds the servers of others too. */
export function jsonNotes(key: string): readonly string[] {
  return [`If the file is there already, put the entry "holdfast" into its "${key}".`];
}
