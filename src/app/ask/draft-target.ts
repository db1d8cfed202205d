import { CodedError } from '../../domain/coded-error.ts';
import type { JsonObject } from '../../domain/json.ts';
import { suggest } from '../../domain/suggest.ts';
import type { Cluster } from '../../providers/kubernetes/reader.ts';
import type { Wanted, WantedKind } from './draft-verbs.ts';

/** A thing that the engine saw, of a kind that an action takes. */
export interface Candidate {
  readonly kind: WantedKind;
  readonly namespace: string | null;
  readonly name: string;
}

/** Everything of these kinds that can be seen. CLUSTER_AWAY, or PLAN_INVALID when a list is hidden: half a list could hide a second of that name. */
export async function candidatesOf(
  cluster: Cluster,
  kinds: readonly WantedKind[],
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const lists = await Promise.all(kinds.map(async (kind) => ({ kind, list: await cluster.list(kind, signal) })));
  for (const { kind, list } of lists) {
    const [hidden] = list.hidden;
    if (hidden !== undefined)
      throw new CodedError(
        'PLAN_INVALID',
        `${kind}s can not all be listed, so which one is meant is not known: ${hidden.failure.message}`,
      );
  }
  return lists.flatMap(({ kind, list }) =>
    list.objects.flatMap(({ metadata }) => {
      // What belongs to a Deployment is changed by it.
      const isOwned = kind !== 'Pod' && (metadata.ownerReferences ?? []).length > 0;
      return isOwned ? [] : [{ kind, namespace: metadata.namespace ?? null, name: metadata.name }];
    }),
  );
}

/** The one that a wish names. NOT_FOUND or AMBIGUOUS. */
export function theCandidate(
  { name, namespace, action }: Pick<Wanted, 'name' | 'namespace' | 'action'>,
  all: readonly Candidate[],
  namespaces: readonly string[],
): Candidate {
  const within = namespaces.length > 0 ? namespaces : namespace === null ? [] : [namespace];
  const there = all.filter((one) => one.namespace === null || within.length === 0 || within.includes(one.namespace));
  const found = there.filter((one) => forms(one).includes(name.toLowerCase()));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) {
    const near = suggest(
      name,
      there.map((one) => one.name),
    );
    throw new CodedError(
      'NOT_FOUND',
      `there is no "${name}" that ${action} could change${within.length === 0 ? '' : ` in ${within.join(', ')}`}`,
      {
        next: near === null ? 'write its name as kubectl shows it' : `did you mean "${near}"?`,
      },
    );
  }
  throw new CodedError('AMBIGUOUS', `"${name}" fits several`, {
    next: `write one of: ${found
      .map((one) => forms(one).at(-1) ?? '')
      .slice(0, 10)
      .join(', ')}`,
  });
}

function forms({ kind, namespace, name }: Candidate): readonly string[] {
  const place = namespace === null ? name : `${namespace}/${name}`;
  return [name, place, `${kind}/${name}`, `${kind}/${place}`].map((form) => form.toLowerCase());
}

/** Its id's parts as an action takes them. */
export function paramsOf({ kind, namespace, name }: Candidate, takesKind: boolean): JsonObject {
  return { ...(namespace === null ? {} : { namespace }), name, ...(takesKind ? { kind } : {}) };
}
