import type { Action } from '../../../domain/action.ts';
import { seen } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import type { HostReader } from '../../../providers/host/reader.ts';
import { createHostWriter } from '../../../providers/host/writer.ts';
import { countWords } from './old-set.ts';
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
import { tallyOutcome } from './tally-outcome.ts';

const WORK: HeldWork = { kind: 'held', meant: ({ away }) => away };

export const action: Action<HostReader, HeldParams> = {
  id: 'host/restore-held',
  version: 1,
  title: 'Move held files back to where they were',
  description: `Takes back what \`host/prune-directory\` moved aside: every file that is held under \`held\` goes back to its own path.

Nothing is overwritten: a file whose place was taken since, or whose folder is gone, stays held and is counted. What is all back is forgotten. Stale when what is held, or what is in the way, changed since the plan was sealed. Linux only.`,
  params: heldParams,
  settleMs: 0,

  identify: identifyHeld,

  observe: (reader, params) => observeHeld(reader, params, WORK),

  preview: (reader, params, observed) =>
    previewHeld(reader, params, WORK, observed, { verb: 'Move back', becomes: 'back where they were', sign: '+' }),

  cost: () => noCost('files of this machine: nothing is billed for them'),

  risk(_params, { observed }) {
    const { files, bytes, blocked } = heldSize(observed);
    const reasons = [countWords(files, bytes), 'nothing is overwritten'];
    return {
      level: 'low',
      reasons: blocked === 0 ? reasons : [...reasons, `${blocked} stay held, as their place is taken`],
    };
  },

  destructive: () => false,

  dependents: async () => seen([]),

  async apply({ params, sealed }, { provider, signal }) {
    const set = heldSetOf(params, WORK, sealed.before);
    return tallyOutcome(await createHostWriter(provider).restore(set, signal), {
      root: params.root,
      held: params.held,
    });
  },

  verify: (reader, step) => verifyHeld(reader, step, WORK),

  undo: () => ({
    possible: false,
    words: 'Make a plan of host/prune-directory again: the files are as old as they were.',
  }),
};
