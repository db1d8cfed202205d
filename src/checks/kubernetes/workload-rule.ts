import type { KindName, PlacedContainer } from '../../providers/kubernetes/reader.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Field, Problem } from './problems.ts';
import type { ChoosableRule } from './rule-choice.ts';

/** Where a rule holds, and what completes its title. */
export interface Found {
  readonly about?: string;
  readonly fields: readonly Field[];
}

/** A rule on how the pods of a workload are described, with the condition that it is about. */
export interface WorkloadRule<Settings = unknown> extends ChoosableRule {
  /** Lists that it can't do without, beside those of workloads. */
  readonly needs?: readonly KindName[];
  find(workload: JudgedWorkload, settings: Settings): readonly Found[];
}

export function workloadProblems<Settings>(
  workload: JudgedWorkload,
  rules: readonly WorkloadRule<Settings>[],
  settings: Settings,
): readonly Problem[] {
  return rules.flatMap((rule) => rule.find(workload, settings).map((found) => ({ rule: rule.id, ...found })));
}

/** Asks each container; null: the rule does not hold there. It is told by the container's name. */
export function inContainers(
  { containers }: Pick<JudgedWorkload, 'containers'>,
  ask: (placed: PlacedContainer) => readonly Field[] | null,
): readonly Found[] {
  return containers.flatMap((placed) => {
    const fields = ask(placed);
    return fields === null ? [] : [{ about: placed.container.name, fields }];
  });
}

/** The fields, or null where there is none: for `inContainers`. */
export function anyOf(fields: readonly Field[]): readonly Field[] | null {
  return fields.length === 0 ? null : fields;
}

/** A field of the pod's description as a whole. */
export function inPods({ pods }: JudgedWorkload, field: string, value: Field['value']): readonly Found[] {
  return [{ fields: [{ path: `${pods.path}.${field}`, value }] }];
}
