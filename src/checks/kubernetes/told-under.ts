import type { KubeObject, Owner } from '../../providers/kubernetes/reader.ts';
import type { LastingProblem } from './lasting.ts';
import type { Named } from './scene.ts';

/** Problems by the object that they are told under: itself, or what owns it. */
export interface ToldUnder {
  /** What is added without problems is there all the same, with its uid: it may have had some at the last look. */
  add(object: KubeObject, problems: readonly LastingProblem[]): void;
  addUnder(owner: Owner, problems: readonly LastingProblem[]): void;
  /** True when a rule holds there. */
  holds(rule: string, object: KubeObject): boolean;
  all(): readonly WithProblems[];
}

export interface WithProblems {
  readonly object: Named & { readonly metadata: { readonly uid?: string | undefined } };
  readonly problems: readonly LastingProblem[];
}

export function createToldUnder(): ToldUnder {
  const byName = new Map<string, { readonly object: WithProblems['object']; readonly problems: LastingProblem[] }>();
  const put = (object: WithProblems['object'], problems: readonly LastingProblem[]): void => {
    const known = byName.get(keyOf(object));
    if (known === undefined) byName.set(keyOf(object), { object, problems: [...problems] });
    else known.problems.push(...problems);
  };
  return {
    add: put,
    addUnder: ({ kind, namespace, name }, problems) => {
      if (problems.length > 0) put({ kind, metadata: { namespace, name } }, problems);
    },
    holds: (id, object) => byName.get(keyOf(object))?.problems.some(({ rule }) => rule === id) === true,
    all: () => [...byName.values()],
  };
}

function keyOf({ kind, metadata }: Named): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
