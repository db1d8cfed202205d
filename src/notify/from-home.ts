import { join } from 'node:path';

/** `path`, with a leading `~/` read as the home of this user. */
export function fromHome(path: string, home: string): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : path;
}
