import * as z from 'zod';
import type { Action } from '../../../domain/action.ts';
import { formatBytes } from '../../../domain/bytes.ts';
import { seen, unknown } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import { printable } from '../../../domain/printable.ts';
import type { HostReader } from '../../../providers/host/reader.ts';
import { createHostWriter, heldName } from '../../../providers/host/writer.ts';
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
  mode: z
    .enum(['hold', 'delete'])
    .default('hold')
    .describe(
      '`hold` moves the files aside, on the same file system, and can be undone; `delete` removes them for good.',
    ),
});

const KIND: SetKind = { kind: 'any', minBytes: 0 };

export const action: Action<HostReader, z.output<typeof params>> = {
  id: 'host/prune-directory',
  version: 1,
  title: 'Move old files of a folder aside, or delete them',
  description: `Takes the regular files under \`path\` that were last written longer ago than \`olderThan\`, at most 10,000 of them.

- \`mode: hold\` moves them to \`.holdfast-held/<plan>\` under the prune root, with their paths. This frees nothing yet: \`host/purge-held\` does, \`host/restore-held\` takes it back.
- \`mode: delete\` removes them for good, and so is destructive. It needs no room on the disk.

The set is sealed by a digest over path, size, time and inode of every file, and reckoned from the instant of sealing: time that passes adds nothing to it. When one of the set changed or went away, the plan is stale.

Refuses what does not lie under \`host.pruneRoots\` by its real path; roots that are links, system folders or the home folder; another file system than the root's. Follows no symbolic link, enters no mount, leaves names with a leading dot alone unless \`include\` begins with one, and folders with a leading dot always. Linux only.`,
  params,
  settleMs: 0,

  fix: fixBefore,

  identify: identifyFolder,

  observe: (reader, given, context) => observeSet(reader, given, KIND, context),

  async preview(reader, given, observed, { signal }) {
    if (observed.identity === null) return unknown('ENOENT', `${printable(given.path)} does not exist.`);
    const found = await filesOf(reader, given, KIND, observed, signal);
    if (found.status === 'unknown') return found;
    const { files, bytes } = found.value;
    const [verb, becomes] =
      given.mode === 'hold'
        ? ['Move aside', 'moved to the holding area of the prune root; no room is freed until they are purged']
        : ['Delete', 'gone for good'];
    return seen({
      summary: `${verb} ${countWords(files.length, bytes)}, of ${printable(given.path)}`,
      noop: files.length === 0,
      by: 'computed',
      after: { files: files.length, bytes },
      shown: { files: `${files.length}, ${becomes}`, size: formatBytes(bytes) },
      diff: fileLines(files, '-'),
    });
  },

  cost: () => noCost('files of this machine: nothing is billed for them'),

  risk({ mode, include }, { observed }) {
    const { files, bytes } = sizeOf(observed);
    const reasons = [
      mode === 'hold' ? 'moved aside and kept, can be moved back' : 'removed for good',
      countWords(files, bytes),
      ...(include === null ? ['every name, not only those of a pattern'] : []),
    ];
    if (mode === 'hold') return { level: 'low', reasons };
    return { level: files > MANY_FILES || include === null ? 'high' : 'medium', reasons };
  },

  destructive: ({ mode }) => mode === 'delete',

  dependents: async () => seen([]),

  async apply({ params: given, sealed, idempotencyKey }, { provider, signal }) {
    const writer = createHostWriter(provider);
    const set = setOf(given, KIND, sealed.before);
    if (given.mode === 'delete')
      return tallyOutcome(await writer.remove(set, signal), { root: set.root, path: set.folder });
    const held = heldName(idempotencyKey);
    return tallyOutcome(await writer.hold(set, held, signal), heldReceipt(set, held));
  },

  async verify(reader, { params: given, sealed }, { signal }) {
    const { folder, before } = setOf(given, KIND, sealed.before);
    const found = await reader.oldFiles({ folder, before, include: given.include, ...KIND }, signal);
    if (found.status === 'unknown') return found;
    const left = found.value.files.length;
    return seen({
      asPromised: left === 0,
      seen: [
        left === 0
          ? 'No file of the set is in its place any more.'
          : `${left} files of that age are still in their place.`,
      ],
    });
  },

  undo({ mode }, _before, receipt) {
    if (mode === 'delete') return { possible: false, words: 'Deleted files can not be had back.' };
    return {
      possible: true,
      words: 'host/restore-held moves every file back to where it was, and overwrites nothing.',
      draft: { action: 'host/restore-held', params: { root: receipt?.['root'] ?? '', held: receipt?.['held'] ?? '' } },
    };
  },

  async reconcile(reader, { params: given, sealed, idempotencyKey }, { signal }) {
    const set = setOf(given, KIND, sealed.before);
    if (given.mode === 'hold') return reconcileHeld(reader, set, heldName(idempotencyKey));
    const found = await reader.oldFiles(
      { folder: set.folder, before: set.before, include: given.include, ...KIND },
      signal,
    );
    if (found.status === 'unknown') return found;
    const { files, bytes } = sizeOf(sealed.before);
    const about = { root: set.root, path: set.folder };
    if (found.value.digest === set.digest) return seen({ status: 'not-done' });
    const gone = files - found.value.files.length;
    if (gone === files) return seen({ status: 'done', receipt: { ...about, files, bytes, left: 0 } });
    return seen({
      status: 'partial',
      receipt: { ...about, files: gone, bytes: bytes - found.value.bytes, left: found.value.files.length },
      failure: {
        code: 'CUT_OFF',
        message: `The process died while files were deleted: ${found.value.files.length} of ${files} are still there.`,
      },
    });
  },
};

const MANY_FILES = 1_000;
