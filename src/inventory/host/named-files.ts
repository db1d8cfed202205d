import type { HiddenFact, InventoryFact, InventorySource } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { FileLook, HostReader } from '../../providers/host/reader.ts';
import { elsewhere, factOf, hiddenOf, sortedSet } from './facts.ts';
import { contentOf } from './file-content.ts';
import { placeAnswers } from './place-answers.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/named-files',
  title: 'Files that you name',
  description: `The files under \`inventory.files\` of the configuration, by absolute path (\`~/\` is the home folder): mode, owner, group, and the SHA-256 of what is in them; of a file of more than 16 MiB, or one that this user may not read, size and time of the last change instead, which is said. That a file is not there is a fact too, and so is what a symbolic link leads to, or that something is a folder, of which only mode and owner count.

What lies on a network mount that does not answer within 5 s is hidden. Nothing of what is in a file is kept but its digest. A file that is written all the time (a log) has no digest that holds: name none of these.`,
  kinds: {
    'named-file': { noun: 'a file that you named', added: 'medium', removed: 'info', changed: 'high' },
  },
  timeoutMs: 120_000,

  async read(reader, { signal, files }) {
    const notHere = elsewhere(reader, Object.keys(source.kinds));
    if (notHere !== null) return files.length === 0 ? { facts: [], hidden: [] } : notHere;
    const facts: InventoryFact[] = [];
    const hidden: HiddenFact[] = [];
    for (const path of sortedSet(files.map((file) => reader.expand(file)))) {
      signal.throwIfAborted();
      const answers = await placeAnswers(reader, path, signal);
      const look = answers.status === 'unknown' ? answers : await reader.system.look(path, DIGEST_UP_TO);
      if (look.status === 'unknown') hidden.push(hiddenOf(reader, KIND, path, look.failure));
      else facts.push(factOf(reader, KIND, path, valueOf(look.value)));
    }
    return { facts, hidden };
  },
};

const KIND = 'named-file';
const DIGEST_UP_TO = 16 * 2 ** 20;

function valueOf(look: FileLook | null): JsonObject {
  if (look === null) return { is: 'missing' };
  const link = look.link === null ? {} : { link: printable(look.link) };
  if (look.kind === 'dangling link') return { is: look.kind, ...link };
  const { kind, mode, uid, gid } = look;
  return { is: kind, mode, uid, gid, ...(kind === 'file' ? contentOf(look) : {}), ...link };
}
