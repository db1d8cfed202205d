import type { Check, FindingDraft, Sample } from '../../../src/domain/check.ts';
import type { KubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import { NOW, type World } from './world.ts';

/** What a check says at the second of two looks, with what it chose to remember of the first, resource by resource. */
export async function secondLook<Params>(
  check: Check<KubernetesReader, Params>,
  {
    first,
    second,
    between,
    params = {},
  }: { readonly first: World; readonly second: World; readonly between: number; readonly params?: object },
): Promise<readonly FindingDraft[]> {
  const before = await first.look(check, params, { now: NOW - between });
  const remembered = new Map<string, readonly Sample[]>();
  for (const seen of before.observations) {
    const values = seen.status === 'seen' ? (check.sample?.(seen) ?? null) : null;
    if (values !== null) remembered.set(seen.resource, [{ at: NOW - between, values }]);
  }
  const samplesOf = (resource: string): readonly Sample[] => remembered.get(resource) ?? [];
  const given = check.params.safeParse(params);
  if (!given.success) throw new Error(given.error.issues.map(({ message }) => message).join('; '));
  const signal = new AbortController().signal;
  const observations = await check.read(second.reader, given.data, {
    signal,
    together: { signal },
    clock: { now: () => NOW, monotonic: () => 0 },
    earlier: samplesOf,
  });
  return observations.flatMap((seen) =>
    seen.status === 'seen'
      ? check.judge(seen, given.data, { samples: samplesOf(seen.resource), open: new Map(), now: NOW })
      : [],
  );
}
