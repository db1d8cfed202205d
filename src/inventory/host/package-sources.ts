import type { HiddenFact, InventoryFact, InventorySource } from '../../domain/inventory.ts';
import { printable } from '../../domain/printable.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { allHidden, elsewhere, factOf, hiddenOf, hiddenUnder, sortedSet } from './facts.ts';
import { contentOf } from './file-content.ts';
import { maskingFor, type Masking } from './masking.ts';
import { parseDeb822, parseRepo, parseSourcesList, withoutUserInfo, type PackageSource } from './package-lists.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/package-sources',
  title: 'Where packages come from, and whose signature counts',
  description: `- **package-source**: the entries of \`/etc/apt/sources.list\`, of \`sources.list.d\` (\`.list\` and \`.sources\`), and of \`/etc/yum.repos.d\` and \`/etc/zypp/repos.d\`, with whether they are on, their components, and what they say of signatures (\`signed-by\`, \`trusted\`, \`gpgcheck\`, \`gpgkey\`, \`sslverify\`, ...). User names and passwords in addresses are not kept; keys that stand in the entry itself and credentials of dnf are replaced by marks that change with them.
- **package-key**: the files of keys in \`/etc/apt/trusted.gpg\`, \`trusted.gpg.d\`, \`/etc/apt/keyrings\`, \`/usr/share/keyrings\` and \`/etc/pki/rpm-gpg\`, by digest.

Left out: other package managers (apk, pacman, snap, flatpak, those of languages), and settings of apt that turn checks off for all sources.`,
  kinds: {
    'package-source': { noun: 'a place that packages come from', added: 'high', removed: 'low', changed: 'high' },
    'package-key': { noun: 'a key whose signature on packages counts', added: 'high', removed: 'low', changed: 'high' },
  },
  timeoutMs: 60_000,

  async read(reader, { signal }) {
    const notHere = elsewhere(reader, Object.keys(source.kinds));
    if (notHere !== null) return notHere;
    const hidden: HiddenFact[] = [];
    const bySource = new Map<string, { readonly source: PackageSource; readonly file: string }[]>();
    for (const path of await listFiles(reader, hidden)) {
      signal.throwIfAborted();
      const text = await reader.system.text(path);
      if (text.status === 'unknown') {
        // What is in it could be any of the sources.
        hidden.push(...allHidden(reader, [SOURCE], text.failure).hidden);
        continue;
      }
      for (const found of parserOf(path)(text.value ?? ''))
        bySource.set(found.name, [...(bySource.get(found.name) ?? []), { source: found, file: path }]);
    }
    const masking = maskingFor(reader.machineId);
    const facts = [...bySource].map(([name, entries]) => sourceFact(reader, name, entries, masking));
    facts.push(...(await keyFacts(reader, hidden, signal)));
    return { facts, hidden };
  },
};

const SOURCE = 'package-source';
const KEY = 'package-key';
const LISTS = [
  { folder: '/etc/apt/sources.list.d', endings: ['.list', '.sources'] },
  { folder: '/etc/yum.repos.d', endings: ['.repo'] },
  { folder: '/etc/zypp/repos.d', endings: ['.repo'] },
];
const KEY_FOLDERS = ['/etc/apt/trusted.gpg.d', '/etc/apt/keyrings', '/usr/share/keyrings', '/etc/pki/rpm-gpg'];
const KEY_DIGEST_UP_TO = 16 * 2 ** 20;

async function listFiles(reader: HostReader, hidden: HiddenFact[]): Promise<readonly string[]> {
  const paths = ['/etc/apt/sources.list'];
  for (const { folder, endings } of LISTS) {
    const names = await reader.system.names(folder);
    if (names.status === 'unknown') hidden.push(...allHidden(reader, [SOURCE], names.failure).hidden);
    else
      paths.push(
        ...(names.value ?? [])
          .filter((name) => endings.some((ending) => name.endsWith(ending)))
          .map((name) => `${folder}/${name}`),
      );
  }
  return paths;
}

function parserOf(path: string): (text: string) => readonly PackageSource[] {
  if (path.endsWith('.sources')) return parseDeb822;
  return path.endsWith('.repo') ? parseRepo : parseSourcesList;
}

/** One source may stand in several files, or twice in one: whatever of it is laxest counts to apt, so all are kept. */
function sourceFact(
  reader: HostReader,
  name: string,
  entries: readonly { readonly source: PackageSource; readonly file: string }[],
  masking: Masking,
): InventoryFact {
  return factOf(reader, SOURCE, name, {
    files: sortedSet(entries.map(({ file }) => printable(file))),
    settings: sortedSet(entries.map(({ source: { settings } }) => settingsText(settings, masking))),
  });
}

function settingsText(settings: PackageSource['settings'], masking: Masking): string {
  return Object.entries(settings)
    .map(([key, value]) => `${printable(key)}: ${shownValue(key, value, masking)}`)
    .toSorted()
    .join('; ');
}

function shownValue(key: string, value: string, masking: Masking): string {
  if (/^(?:username|password|proxy_username|proxy_password)$/.test(key)) return masking.mark(value);
  // A whole key may stand in `Signed-By`; a path or a fingerprint has one line.
  if (value.includes('\n')) return masking.mark(value);
  return masking.words(withoutUserInfo(value));
}

async function keyFacts(
  reader: HostReader,
  hidden: HiddenFact[],
  signal: AbortSignal,
): Promise<readonly InventoryFact[]> {
  const paths = ['/etc/apt/trusted.gpg'];
  for (const folder of KEY_FOLDERS) {
    const names = await reader.system.names(folder);
    if (names.status === 'unknown') hidden.push(hiddenUnder(reader, KEY, folder, names.failure));
    else paths.push(...(names.value ?? []).filter((name) => !/^\.|~$/.test(name)).map((name) => `${folder}/${name}`));
  }
  const facts: InventoryFact[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const look = await reader.system.look(path, KEY_DIGEST_UP_TO);
    if (look.status === 'unknown') hidden.push(hiddenOf(reader, KEY, path, look.failure));
    else if (look.value?.kind === 'file') facts.push(factOf(reader, KEY, path, contentOf(look.value)));
  }
  return facts;
}
