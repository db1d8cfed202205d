import * as z from 'zod';
import type { Action } from '../../../domain/action.ts';
import { formatBytes } from '../../../domain/bytes.ts';
import { seen, unknown } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import { printable } from '../../../domain/printable.ts';
import type { HostReader } from '../../../providers/host/reader.ts';
import { createHostWriter, heldName } from '../../../providers/host/writer.ts';
import { sizeParam } from '../size-param.ts';
import { fileLines } from './file-lines.ts';
import { heldReceipt, reconcileHeld } from './held-receipt.ts';
import {
  countWords,
  filesOf,
  fixBefore,
  identifyFolder,
  observeSet,
  oldSetParams,
  setOf,
  sizeOf,
  type SetKind,
} from './old-set.ts';
import { tallyOutcome } from './tally-outcome.ts';

const params = z.strictObject({
  ...oldSetParams,
  minSize: sizeParam().prefault('4 KiB').describe('Files smaller than this are left alone: nothing is won by them.'),
});
type Params = z.output<typeof params>;

export const action: Action<HostReader, Params> = {
  id: 'host/compress-logs',
  version: 1,
  title: 'Compress old files of a folder in place',
  description: `Replaces each regular file under \`path\` that was last written longer ago than \`olderThan\` by \`<name>.gz\`, with its time, rights and, where this user may set it, its owner; at most 10,000 of them.

Each is written under a name of its own, put on the disk, read back and compared before it takes its name, and only then the original goes, when it did not change meanwhile. So at every instant one of the two is whole. A disk that is full leaves the originals, and no rest.

Leaves alone what is compressed already (by its ending), what has a second name (a hard link), and what has a \`.gz\` of its name beside it. The set is sealed as that of \`host/prune-directory\`, with the same limits and refusals. What was done is noted under \`.holdfast-held\` of the prune root, so that \`host/decompress-logs\` can take it back. Linux only.`,
  params,
  settleMs: 0,

  fix: fixBefore,

  identify: identifyFolder,

  observe: (reader, given, context) => observeSet(reader, given, kindOf(given), context),

  async preview(reader, given, observed, { signal }) {
    if (observed.identity === null) return unknown('ENOENT', `${printable(given.path)} does not exist.`);
    const found = await filesOf(reader, given, kindOf(given), observed, signal);
    if (found.status === 'unknown') return found;
    const { files, bytes } = found.value;
    return seen({
      summary: `Compress ${countWords(files.length, bytes)}, of ${printable(given.path)}`,
      noop: files.length === 0,
      by: 'computed',
      after: { files: files.length, bytes },
      shown: {
        files: `${files.length}, each as .gz in its place`,
        size: `not known before; ${formatBytes(bytes)} now`,
      },
      diff: fileLines(files, '~'),
    });
  },

  cost: () => noCost('files of this machine: nothing is billed for them'),

  risk(_params, { observed }) {
    const { files, bytes } = sizeOf(observed);
    return {
      level: 'low',
      reasons: [
        countWords(files, bytes),
        'each is compared before the original goes, and can be taken back',
        'a program that still has one of them open goes on writing to what is gone',
      ],
    };
  },

  destructive: () => false,

  dependents: async () => seen([]),

  async apply({ params: given, sealed, idempotencyKey }, { provider, signal }) {
    const set = setOf(given, kindOf(given), sealed.before);
    const held = heldName(idempotencyKey);
    return tallyOutcome(await createHostWriter(provider).compress(set, held, signal), heldReceipt(set, held));
  },

  async verify(reader, { params: given, sealed }, { signal }) {
    const { folder, before } = setOf(given, kindOf(given), sealed.before);
    const found = await reader.oldFiles({ folder, before, include: given.include, ...kindOf(given) }, signal);
    if (found.status === 'unknown') return found;
    const left = found.value.files.length;
    return seen({
      asPromised: left === 0,
      seen: [left === 0 ? 'Every file of the set is compressed.' : `${left} files of that age are not compressed.`],
    });
  },

  undo: (_params, _before, receipt) => ({
    possible: true,
    words: 'host/decompress-logs writes every file anew from its .gz, and overwrites nothing.',
    draft: { action: 'host/decompress-logs', params: { root: receipt?.['root'] ?? '', held: receipt?.['held'] ?? '' } },
  }),

  async reconcile(reader, { params: given, sealed, idempotencyKey }) {
    return reconcileHeld(reader, setOf(given, kindOf(given), sealed.before), heldName(idempotencyKey));
  },
};

function kindOf({ minSize }: Params): SetKind {
  return { kind: 'plain', minBytes: minSize };
}
