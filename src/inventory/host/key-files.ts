import { posix } from 'node:path';
import { seen, type Looked } from '../../domain/failure.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import type { Account } from './account-files.ts';

/** Where sshd looks for keys: absolute, or below a home folder, with `%h`, `%u`, `%U` and `%%` to be filled in. */
export type KeyPlaces = readonly string[];

const DEFAULT_PLACES: KeyPlaces = ['.ssh/authorized_keys', '.ssh/authorized_keys2'];

/**
 * Every AuthorizedKeysFile of sshd_config(5) and of what it includes, those under Match too, whomever they match. Where
 * none is named, or there is no sshd, the places that sshd has by itself.
 */
export async function readKeyPlaces(reader: HostReader): Promise<Looked<KeyPlaces>> {
  const main = await reader.system.text('/etc/ssh/sshd_config');
  if (main.status === 'unknown') return main;
  const texts = [main.value ?? ''];
  if (/^\s*Include\s/im.test(main.value ?? '')) {
    const names = await reader.system.names('/etc/ssh/sshd_config.d');
    if (names.status === 'unknown') return names;
    for (const name of (names.value ?? []).filter((candidate) => candidate.endsWith('.conf'))) {
      const text = await reader.system.text(`/etc/ssh/sshd_config.d/${name}`);
      if (text.status === 'unknown') return text;
      texts.push(text.value ?? '');
    }
  }
  const named = texts.flatMap(placesIn);
  // A place that only some users have does not take the others' away.
  return seen([
    ...new Set([...named.flatMap(({ places }) => places), ...(named.some(isForAll) ? [] : DEFAULT_PLACES)]),
  ]);
}

interface Named {
  readonly places: KeyPlaces;
  readonly inMatch: boolean;
}

function isForAll({ inMatch }: Named): boolean {
  return !inMatch;
}

function placesIn(text: string): readonly Named[] {
  let inMatch = false;
  return text.split('\n').flatMap((line) => {
    const [, keyword = '', rest = ''] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? [];
    if (keyword.toLowerCase() === 'match') inMatch = true;
    if (keyword.toLowerCase() !== 'authorizedkeysfile') return [];
    const words = (rest.match(/"[^"]*"|[^\s"]+/g) ?? []).map((word) => word.replaceAll('"', ''));
    return [{ places: words.filter((word) => word.toLowerCase() !== 'none'), inMatch }];
  });
}

/** The files of one user, each once. */
export function keyFilesOf(places: KeyPlaces, { name, uid, home }: Account): readonly string[] {
  const files = places.map((place) => {
    const filled = place.replaceAll(/%([%hHuU])/g, (_, token: string) => {
      if (token === 'h') return home;
      if (token === 'u') return name;
      return token === 'U' ? String(uid) : '%';
    });
    return posix.resolve('/', home, filled);
  });
  return [...new Set(files)];
}
