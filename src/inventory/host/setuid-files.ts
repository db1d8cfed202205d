import type { HiddenFact, InventoryFact, InventorySource } from '../../domain/inventory.ts';
import { printable } from '../../domain/printable.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { allHidden, elsewhere, factOf, hiddenOf, hiddenUnder } from './facts.ts';
import { contentOf } from './file-content.ts';
import { placeAnswers } from './place-answers.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/setuid-files',
  title: 'Files that run with the rights of their owner',
  description: `Regular files with the setuid or setgid bit in \`/bin\`, \`/sbin\`, \`/lib\`, \`/usr/bin\`, \`/usr/sbin\`, \`/usr/lib\`, \`/usr/lib64\`, \`/usr/libexec\`, \`/usr/local\` and \`/opt\`, at any depth, by their real paths: mode, owner, group, and the SHA-256 of what is in them (up to 64 MiB), so that an update shows as a change and a touch does not. A file that this user may run but not read has its size and the time of its last change instead.

No symbolic link is followed, and no other file system below these folders is entered. A folder that this user may not list, or a network mount that does not answer within 5 s, hides what is in it.

Left out: file capabilities, which Node can not read, and everything elsewhere (\`/home\`, \`/tmp\`): mount those nosuid, which host/mounts watches.`,
  kinds: {
    'setuid-file': {
      noun: 'a file that runs with the rights of its owner or group',
      added: 'high',
      removed: 'info',
      changed: 'medium',
    },
  },
  timeoutMs: 300_000,

  async read(reader, { signal }) {
    const kinds = Object.keys(source.kinds);
    const notHere = elsewhere(reader, kinds);
    if (notHere !== null) return notHere;
    const hidden: HiddenFact[] = [];
    const folders: string[] = [];
    for (const folder of FOLDERS) {
      const answers = await placeAnswers(reader, folder, signal);
      if (answers.status === 'seen') folders.push(folder);
      else hidden.push(hiddenUnder(reader, KIND, folder, answers.failure));
    }
    const found = await reader.setuidFiles(folders, signal);
    if (found.cut) return allHidden(reader, kinds, TOO_MANY);
    const facts: InventoryFact[] = [];
    for (const { path, code } of found.unreadable)
      hidden.push(
        hiddenUnder(reader, KIND, path, { code, message: `${printable(path)} could not be looked through (${code}).` }),
      );
    for (const path of found.paths.toSorted()) {
      signal.throwIfAborted();
      const look = await reader.system.look(path, DIGEST_UP_TO);
      if (look.status === 'unknown') hidden.push(hiddenOf(reader, KIND, path, look.failure));
      else if (look.value !== null) {
        const { mode, uid, gid } = look.value;
        facts.push(factOf(reader, KIND, path, { mode, uid, gid, ...contentOf(look.value) }));
      }
    }
    return { facts, hidden };
  },
};

const KIND = 'setuid-file';
const DIGEST_UP_TO = 64 * 2 ** 20;
const FOLDERS = [
  '/bin',
  '/sbin',
  '/lib',
  '/usr/bin',
  '/usr/sbin',
  '/usr/lib',
  '/usr/lib64',
  '/usr/libexec',
  '/usr/local',
  '/opt',
];

const TOO_MANY = {
  code: 'TOO_MANY',
  message: 'There are more than a million files in the folders of the system, so not all were looked at.',
};
