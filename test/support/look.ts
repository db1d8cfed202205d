import type { Check, FindingDraft, History, Observation } from '../../src/domain/check.ts';

/** What a check saw and what it says of it, as a run would ask it. */
export interface Look {
  readonly observations: readonly Observation[];
  readonly drafts: readonly FindingDraft[];
}

const noHistory = (now = Date.now()): History => ({ samples: [], open: new Map(), now });

export async function look<Reader, Params>(
  check: Check<Reader, Params>,
  reader: Reader,
  input: unknown,
  options: { readonly signal?: AbortSignal; readonly history?: History; readonly now?: number } = {},
): Promise<Look> {
  const params = parseParams(check, input);
  const now = options.now ?? Date.now();
  const clock = { now: () => now, monotonic: () => performance.now() };
  const signal = options.signal ?? new AbortController().signal;
  const observations = await check.read(reader, params, {
    signal,
    together: { signal },
    clock,
    earlier: () => options.history?.samples ?? [],
  });
  const drafts = observations.flatMap((observation) =>
    observation.status === 'seen' ? check.judge(observation, params, options.history ?? noHistory(now)) : [],
  );
  return { observations, drafts };
}

function parseParams<Reader, Params>(check: Check<Reader, Params>, input: unknown): Params {
  const parsed = check.params.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}
