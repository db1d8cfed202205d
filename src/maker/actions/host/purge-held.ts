import type { Action } from '../../../domain/action.ts';
import { seen } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import type { Held, HostReader, OldFile } from '../../../providers/host/reader.ts';
import { createHostWriter } from '../../../providers/host/writer.ts';
import {
  heldParams,
  heldSetOf,
  heldSize,
  identifyHeld,
  observeHeld,
  previewHeld,
  verifyHeld,
  type HeldParams,
  type HeldWork,
} from './held-set.ts';
import { countWords } from './old-set.ts';
import { tallyOutcome } from './tally-outcome.ts';

const WORK: HeldWork = { kind: 'held', meant: everyHeld };

export const action: Action<HostReader, HeldParams> = {
  id: 'host/purge-held',
  version: 1,
  title: 'Delete held files for good',
  description: `Frees the room of what \`host/prune-directory\` moved aside: deletes every file that is held under \`held\`. Destructive: there is no way back.

Only files of the manifest go, and only while they are as they were; anything else in the holding area stays, and so does its folder. Stale when what is held changed since the plan was sealed. Linux only.`,
  params: heldParams,
  settleMs: 0,

  identify: identifyHeld,

  observe: (reader, params) => observeHeld(reader, params, WORK),

  preview: (reader, params, observed) =>
    previewHeld(reader, params, WORK, observed, { verb: 'Delete', becomes: 'gone for good', sign: '-' }),

  cost: () => noCost('files of this machine: nothing is billed for them'),

  risk(_params, { observed }) {
    const { files, bytes } = heldSize(observed);
    return {
      level: 'medium',
      reasons: [countWords(files, bytes), 'deleted for good', 'nothing uses them where they are held'],
    };
  },

  destructive: () => true,

  dependents: async () => seen([]),

  async apply({ params, sealed }, { provider, signal }) {
    const set = heldSetOf(params, WORK, sealed.before);
    return tallyOutcome(await createHostWriter(provider).purge(set, signal), { root: params.root, held: params.held });
  },

  verify: (reader, step) => verifyHeld(reader, step, WORK),

  undo: () => ({ possible: false, words: 'Deleted files can not be had back.' }),
};

/** In the order of their paths, as the writer has them. */
function everyHeld({ away, blocked }: Held): readonly OldFile[] {
  return [...away, ...blocked].toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
