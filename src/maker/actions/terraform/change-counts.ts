import type { ResourceChange, ShownPlan } from './shown-plan.ts';

export type ChangeKind = 'create' | 'update' | 'replace' | 'delete' | 'forget' | 'imported' | 'move' | 'read' | 'no-op';

/** What becomes of how many resources. `changes` is the sum of all that is not `read` or `no-op`, and of outputs. */
export interface ChangeCounts extends Readonly<Record<Exclude<ChangeKind, 'no-op'>, number>> {
  readonly outputs: number;
  readonly changes: number;
}

export function countChanges(plan: ShownPlan): ChangeCounts {
  const counts = new Map<ChangeKind, number>();
  for (const resource of plan.resource_changes) {
    const kind = kindOf(resource);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const of = (kind: ChangeKind): number => counts.get(kind) ?? 0;
  const outputs = Object.values(plan.output_changes).filter(({ actions }) => actions[0] !== 'no-op').length;
  const count = {
    create: of('create'),
    update: of('update'),
    replace: of('replace'),
    delete: of('delete'),
    forget: of('forget'),
    imported: of('imported'),
    move: of('move'),
    read: of('read'),
    outputs,
  };
  const { read: _, ...changing } = count;
  return { ...count, changes: Object.values(changing).reduce((sum, each) => sum + each, 0) };
}

/**
 * The one kind that a resource is counted under. Whatever has `delete` in it destroys something, and a pair that
 * is not known counts as the worst that is in it.
 */
export function kindOf({ change, previous_address, address }: ResourceChange): ChangeKind {
  const { actions, importing } = change;
  if (actions.includes('delete')) return actions.length === 1 ? 'delete' : 'replace';
  if (actions.includes('forget')) return 'forget';
  const [action = 'no-op'] = actions;
  if (action === 'create' || action === 'update') return action;
  if (importing !== undefined && importing !== null) return 'imported';
  if (action === 'no-op' && previous_address !== undefined && previous_address !== address) return 'move';
  return action === 'read' ? 'read' : 'no-op';
}

/** `1 to create, 2 to update`; nothing is an empty text. */
export function countWords(counts: ChangeCounts): string {
  const { outputs } = counts;
  const kinds = VERBS.flatMap(([kind, verb]) => (counts[kind] === 0 ? [] : [`${counts[kind]} to ${verb}`]));
  return [...kinds, ...(outputs === 0 ? [] : [`${outputs} ${outputs === 1 ? 'output' : 'outputs'} to change`])].join(
    ', ',
  );
}

const VERBS = [
  ['create', 'create'],
  ['update', 'update'],
  ['replace', 'replace'],
  ['delete', 'destroy'],
  ['forget', 'forget'],
  ['imported', 'take into the state'],
  ['move', 'move'],
] as const satisfies readonly (readonly [Exclude<ChangeKind, 'no-op'>, string])[];
