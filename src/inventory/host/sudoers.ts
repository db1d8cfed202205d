import { dirname, resolve } from 'node:path';
import type { InventorySource } from '../../domain/inventory.ts';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { allHidden, elsewhere, factOf } from './facts.ts';
import { maskingFor } from './masking.ts';
import { parseSudoers, type SudoLine } from './sudoers-lines.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/sudoers',
  title: 'Rules of sudo',
  description: `What \`/etc/sudoers\` and all that it includes say, one fact per user, group, alias and target of \`Defaults\`, with its rules in the order in which sudo reads them, so that a right that was widened is one change with before and after. Comments and spacing do not count. \`NOPASSWD:\` and \`PASSWD:\` are written \`[no password asked]\` and \`[password asked]\`.

Secrets in arguments are replaced by marks that change with them. A file that this user may not read hides all of it, as it might speak of anybody: without root that is the rule. No \`/etc/sudoers\` is no rules.

Left out: rules from a directory service (LDAP, SSSD), polkit, doas.`,
  kinds: {
    'sudo-rule': { noun: 'what sudo allows', added: 'high', removed: 'low', changed: 'high' },
  },
  timeoutMs: 20_000,

  async read(reader, { signal }) {
    const kinds = Object.keys(source.kinds);
    const notHere = elsewhere(reader, kinds);
    if (notHere !== null) return notHere;
    const lines = await linesOf(reader, '/etc/sudoers', [], signal);
    if (lines.status === 'unknown') return allHidden(reader, kinds, lines.failure);
    const masking = maskingFor(reader.machineId);
    const bySubject = new Map<string, string[]>();
    for (const { subject, rule } of lines.value) {
      const rules = bySubject.get(printable(subject)) ?? [];
      bySubject.set(printable(subject), [...rules, masking.words(withoutPasswordTags(rule))]);
    }
    return {
      facts: [...bySubject].map(([subject, rules]) => factOf(reader, 'sudo-rule', subject, { rules })),
      hidden: [],
    };
  },
};

/** Else whoever looks for secrets takes what follows `PASSWD:` for one. */
function withoutPasswordTags(rule: string): string {
  return rule
    .replaceAll(/(?<![\w\\])NOPASSWD ?: ?/g, '[no password asked] ')
    .replaceAll(/(?<![\w\\])PASSWD ?: ?/g, '[password asked] ');
}

/** As sudo itself does, against files that include each other. */
const DEPTH_AT_MOST = 128;
const FILES_AT_MOST = 1_000;

/** The lines of a file and of what it includes, in sudo's order. `open`: the files that led here. */
async function linesOf(
  reader: HostReader,
  path: string,
  open: readonly string[],
  signal: AbortSignal,
): Promise<Looked<readonly SudoLine[]>> {
  signal.throwIfAborted();
  if (open.includes(path) || open.length >= DEPTH_AT_MOST)
    return unknown('SUDOERS_LOOP', `${printable(path)} includes itself, so there is no telling what sudo allows.`);
  const text = await reader.system.text(path);
  if (text.status === 'unknown') return text;
  const lines: SudoLine[] = [];
  for (const item of parseSudoers(text.value ?? '')) {
    if (item.type === 'line') {
      lines.push(item.line);
      continue;
    }
    const target = resolve(dirname(path), item.path);
    const files = item.folder ? await filesIn(reader, target) : seen([target]);
    if (files.status === 'unknown') return files;
    for (const file of files.value) {
      const more = await linesOf(reader, file, [...open, path], signal);
      if (more.status === 'unknown') return more;
      lines.push(...more.value);
    }
  }
  return seen(lines);
}

/** Names with a dot and those that end in a tilde are backups to sudo. */
async function filesIn(reader: HostReader, folder: string): Promise<Looked<readonly string[]>> {
  const names = await reader.system.names(folder);
  if (names.status === 'unknown') return names;
  const files = (names.value ?? []).filter((name) => !name.includes('.') && !name.endsWith('~'));
  if (files.length > FILES_AT_MOST)
    return unknown('TOO_MANY', `${printable(folder)} holds more than ${FILES_AT_MOST} files, so it was not read.`);
  return seen(files.map((name) => `${folder}/${name}`));
}
