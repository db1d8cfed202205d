/** A place that packages come from, as apt or dnf is told of it. */
export interface PackageSource {
  /** What makes it this one: `deb https://deb.debian.org/debian bookworm`, `[epel]`. */
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Lines of sources.list(5): `deb [options] uri suite components`. A line of no form is not told of: apt refuses it. */
export function parseSourcesList(text: string): readonly PackageSource[] {
  return text.split('\n').flatMap((raw) => {
    const line = raw.replace(/#.*$/, '').trim();
    const match = /^(deb(?:-src)?)\s+(?:\[([^\]]*)\]\s*)?([^\s[]\S*)\s+(\S+)((?:\s+\S+)*)$/.exec(line);
    if (match === null) return [];
    const [, type = '', options = '', uri = '', suite = '', components = ''] = match;
    return [
      {
        name: `${type} ${withoutUserInfo(uri)} ${suite}`,
        settings: {
          enabled: 'yes',
          components: sortedWords(components),
          ...Object.fromEntries(
            [...options.matchAll(/([\w-]+)\+?=("[^"]*"|\S+)/g)].map(([, key = '', value = '']) => [
              key.toLowerCase(),
              value.replaceAll('"', ''),
            ]),
          ),
        },
      },
    ];
  });
}

/** Stanzas of a .sources file (deb822): each of its types, URIs and suites together is a source. */
export function parseDeb822(text: string): readonly PackageSource[] {
  const stanzas = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n[ \t]*\n/);
  return stanzas.flatMap((stanza) => {
    const fields = fieldsOf(stanza);
    const { types = '', uris = '', suites = '', components = '', enabled = 'yes', ...others } = fields;
    const settings = { ...others, components: sortedWords(components), enabled: enabled.toLowerCase() };
    return words(types).flatMap((type) =>
      words(uris).flatMap((uri) =>
        words(suites).map((suite) => ({ name: `${type} ${withoutUserInfo(uri)} ${suite}`, settings })),
      ),
    );
  });
}

/** Sections of a .repo file (dnf.conf(5)), each a source. */
export function parseRepo(text: string): readonly PackageSource[] {
  const sources: { name: string; settings: Record<string, string> }[] = [];
  let key = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const head = /^\[(.+)\]$/.exec(line)?.[1];
    const at = line.indexOf('=');
    const current = sources.at(-1);
    if (line === '' || /^[#;]/.test(line)) continue;
    if (head !== undefined) sources.push({ name: `[${head}]`, settings: {} });
    else if (current !== undefined && /^\s/.test(raw) && key !== '') current.settings[key] += ` ${line}`;
    else if (current !== undefined && at > 0) {
      key = line.slice(0, at).trim().toLowerCase();
      current.settings[key] = line.slice(at + 1).trim();
    }
  }
  return sources;
}

/** `Key: value` with lines that go on; keys in lower case. */
function fieldsOf(stanza: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  let key = '';
  for (const line of stanza.split('\n')) {
    const begun = /^([A-Za-z][A-Za-z-]*)\s*:\s*(.*)$/.exec(line);
    if (begun !== null) {
      key = (begun[1] ?? '').toLowerCase();
      fields[key] = begun[2] ?? '';
    } else if (key !== '' && /^\s/.test(line)) fields[key] = `${fields[key]}\n${line.trim()}`.trim();
  }
  return fields;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function sortedWords(text: string): string {
  return [...new Set(words(text))].toSorted().join(' ');
}

/** Who asks is no part of where a package comes from, and a password in it is none of our business. */
export function withoutUserInfo(text: string): string {
  return text.replaceAll(/(:\/\/)[^/@\s]{1,500}@/g, '$1');
}
