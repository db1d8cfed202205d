import { checkCatalog } from '../../../src/checks/catalog.ts';
import type { Check, CheckId, FindingDraft, Observation } from '../../../src/domain/check.ts';
import { inventoryCatalog } from '../../../src/inventory/catalog.ts';
import { replay } from './replay.ts';

/** What one check says of what was recorded. */
export interface Said {
  readonly observations: readonly Observation[];
  readonly drafts: readonly { readonly resource: string; readonly draft: FindingDraft }[];
}

export interface LookAt {
  readonly said: ReadonlyMap<CheckId, Said>;
  /** Checks and sources that threw, and what: a defect of ours, whatever was recorded. */
  readonly threw: readonly string[];
  /** Calls that were answered out of the folder. */
  readonly answered: ReadonlySet<string>;
}

/** Every check, and every source of facts, asked about the answers of one folder; each from the first of them. */
export async function lookAt(folder: string, now: number): Promise<LookAt> {
  const said = new Map<CheckId, Said>();
  const threw: string[] = [];
  const answered = new Set<string>();
  for (const id of checkCatalog.ids.filter((each) => each.startsWith('aws/'))) {
    const check = await checkCatalog.load(id);
    const recorded = replay(folder);
    try {
      said.set(id, await ask(check, recorded.reader, now));
    } catch (error) {
      threw.push(`${id}: ${error instanceof Error ? (error.stack ?? error.message) : 'something that is no error'}`);
    }
    for (const call of recorded.answered) answered.add(call);
  }
  for (const id of inventoryCatalog.ids.filter((each) => each.startsWith('aws/'))) {
    const source = await inventoryCatalog.load(id);
    const recorded = replay(folder);
    const { signal } = new AbortController();
    try {
      await source.read(recorded.reader, { signal, together: { signal }, files: [], settings: {} });
    } catch (error) {
      threw.push(`${id}: ${error instanceof Error ? (error.stack ?? error.message) : 'something that is no error'}`);
    }
  }
  return { said, threw, answered };
}

async function ask(check: Check, reader: unknown, now: number): Promise<Said> {
  const parsed = check.params.safeParse({});
  if (!parsed.success) throw new Error(`${check.id} can not do without parameters`);
  const { signal } = new AbortController();
  const clock = { now: () => now, monotonic: () => now };
  const context = { signal, together: { signal }, clock, earlier: () => [] };
  const observations = await check.read(reader, parsed.data, context);
  const drafts = observations.flatMap((observation) =>
    observation.status === 'seen'
      ? check
          .judge(observation, parsed.data, { samples: [], open: new Map(), now })
          .map((draft) => ({ resource: observation.resource, draft }))
      : [],
  );
  return { observations, drafts };
}
