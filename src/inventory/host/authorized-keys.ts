import { seen, type Looked } from '../../domain/failure.ts';
import type { HiddenFact, InventoryFact, InventorySource } from '../../domain/inventory.ts';
import { printable } from '../../domain/printable.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { readAccounts, type Account } from './account-files.ts';
import { allHidden, elsewhere, factOf, hiddenUnder, sortedSet } from './facts.ts';
import { placeAnswers } from './place-answers.ts';
import { keyFilesOf, readKeyPlaces } from './key-files.ts';
import { parseKeyLine, type KeyLine } from './key-line.ts';
import { maskingFor, type Masking } from './masking.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/authorized-keys',
  title: 'Keys that may log in by SSH',
  description: `For every user of \`/etc/passwd\`, whatever their shell: the keys in \`~/.ssh/authorized_keys\` and \`authorized_keys2\`, or wherever \`AuthorizedKeysFile\` of \`/etc/ssh/sshd_config\` and of \`sshd_config.d\` says. A key is known by its user and its SHA256 fingerprint; type, comment, options and files are its value. The values of \`environment="NAME=..."\` and what looks like a secret in \`command="..."\` are replaced by marks that change with them.

Lines that sshd passes over (comments, broken keys, a private key by mistake) are no keys. What this user may not read is hidden, user by user. A home on a network mount that does not answer within 5 s is hidden too.

Left out: keys from \`AuthorizedKeysCommand\`, and users of a directory service.`,
  kinds: {
    'authorized-key': { noun: 'a key that may log in', added: 'high', removed: 'low', changed: 'high' },
  },
  timeoutMs: 120_000,

  async read(reader, { signal }) {
    const kinds = Object.keys(source.kinds);
    const notHere = elsewhere(reader, kinds);
    if (notHere !== null) return notHere;
    const accounts = await readAccounts(reader);
    if (accounts.status === 'unknown') return allHidden(reader, kinds, accounts.failure);
    const places = await readKeyPlaces(reader);
    if (places.status === 'unknown') return allHidden(reader, kinds, places.failure);
    const masking = maskingFor(reader.machineId);
    const facts: InventoryFact[] = [];
    const hidden: HiddenFact[] = [];
    for (const account of uniqueByName(accounts.value ?? [])) {
      const keys = await keysOf(reader, account, keyFilesOf(places.value, account), signal);
      if (keys.status === 'unknown') hidden.push(hiddenUnder(reader, KIND, account.name, keys.failure));
      else facts.push(...factsOf(reader, account, keys.value, masking));
    }
    return { facts, hidden };
  },
};

const KIND = 'authorized-key';

interface PlacedKey extends KeyLine {
  readonly file: string;
}

function uniqueByName(accounts: readonly Account[]): readonly Account[] {
  return [...new Map(accounts.toReversed().map((account) => [account.name, account])).values()].toReversed();
}

async function keysOf(
  reader: HostReader,
  account: Account,
  files: readonly string[],
  signal: AbortSignal,
): Promise<Looked<readonly PlacedKey[]>> {
  signal.throwIfAborted();
  const answers = await placeAnswers(reader, account.home, signal);
  if (answers.status === 'unknown') return answers;
  const keys: PlacedKey[] = [];
  for (const file of files) {
    const text = await reader.system.text(file);
    if (text.status === 'unknown') return text;
    for (const line of (text.value ?? '').split('\n')) {
      const key = parseKeyLine(line);
      if (key !== null) keys.push({ ...key, file });
    }
  }
  return seen(keys);
}

function factsOf(
  reader: HostReader,
  account: Account,
  keys: readonly PlacedKey[],
  masking: Masking,
): readonly InventoryFact[] {
  const byFingerprint = new Map<string, PlacedKey[]>();
  for (const key of keys) byFingerprint.set(key.fingerprint, [...(byFingerprint.get(key.fingerprint) ?? []), key]);
  return [...byFingerprint].map(([fingerprint, lines]) =>
    factOf(reader, KIND, `${account.name}/${fingerprint}`, {
      user: printable(account.name),
      type: lines[0]?.type ?? '',
      comments: sortedSet(lines.map(({ comment }) => masking.words(comment))),
      // One key on two lines: sshd takes the first that fits, so each line counts with its own options.
      options: sortedSet(lines.map(({ options }) => optionsText(options, masking))),
      files: sortedSet(lines.map(({ file }) => printable(file))),
    }),
  );
}

function optionsText(options: readonly string[], masking: Masking): string {
  return options
    .map((option) => withoutAssigned(option, masking))
    .toSorted()
    .join(', ');
}

/** `environment="NAME=value"` keeps its name only. */
function withoutAssigned(option: string, masking: Masking): string {
  const [, name, value] = /^(environment="[^"=]*=)(.*)"$/is.exec(option) ?? [];
  if (name !== undefined && value !== undefined) return `${printable(name)}${masking.mark(value)}"`;
  const [, start, inner] = /^(command=")(.*)"$/is.exec(option) ?? [];
  return start !== undefined && inner !== undefined ? `${start}${masking.line(inner)}"` : masking.words(option);
}
