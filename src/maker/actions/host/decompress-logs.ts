import type { Action } from '../../../domain/action.ts';
import { seen } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import type { HostReader } from '../../../providers/host/reader.ts';
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

const WORK: HeldWork = { kind: 'compressed', meant: ({ away }) => away };

export const action: Action<HostReader, HeldParams> = {
  id: 'host/decompress-logs',
  version: 1,
  title: 'Take back the compressing of files',
  description: `Writes every file that \`host/compress-logs\` compressed under the note \`held\` anew from its \`.gz\`, with its content, time and rights, and then removes the \`.gz\`.

Nothing is overwritten: where a file of that name is there again, its \`.gz\` stays. A \`.gz\` whose time is not that of the file was changed since, and is left alone. Needs the room of the files as they were; without it the \`.gz\` files stay. Linux only.`,
  params: heldParams,
  settleMs: 0,

  identify: identifyHeld,

  observe: (reader, params) => observeHeld(reader, params, WORK),

  preview: (reader, params, observed) =>
    previewHeld(reader, params, WORK, observed, { verb: 'Decompress', becomes: 'as they were', sign: '~' }),

  cost: () => noCost('files of this machine: nothing is billed for them'),

  risk(_params, { observed }) {
    const { files, bytes } = heldSize(observed);
    return {
      level: 'low',
      reasons: [`${countWords(files, bytes)}, for which there must be room`, 'nothing is overwritten'],
    };
  },

  destructive: () => false,

  dependents: async () => seen([]),

  async apply({ params, sealed }, { provider, signal }) {
    const set = heldSetOf(params, WORK, sealed.before);
    return tallyOutcome(await createHostWriter(provider).decompress(set, signal), {
      root: params.root,
      held: params.held,
    });
  },

  verify: (reader, step) => verifyHeld(reader, step, WORK),

  undo: () => ({
    possible: false,
    words: 'Make a plan of host/compress-logs again: the files are as old as they were.',
  }),
};
