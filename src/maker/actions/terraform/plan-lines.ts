import { printable } from '../../../domain/printable.ts';
import { attributeLines } from './attribute-lines.ts';
import { kindOf, type ChangeKind } from './change-counts.ts';
import type { Change, ResourceChange, ShownPlan } from './shown-plan.ts';

/**
 * The plan for people: a line for each resource that changes, under it its attributes; then outputs, what
 * changed outside (drift), and checks that do not pass. Resources are never left out.
 */
export function planLines(plan: ShownPlan): readonly string[] {
  const changing = plan.resource_changes.filter((resource) => !['read', 'no-op'].includes(kindOf(resource)));
  const outputs = Object.entries(plan.output_changes).filter(([, { actions }]) => actions[0] !== 'no-op');
  const checks = plan.checks.filter(({ status }) => status !== 'pass');
  return [
    ...changing.flatMap((resource) => [resourceLine(resource), ...indented(attributeLines(resource.change))]),
    ...outputs.flatMap(([name, change]) => [
      `${sign(change)} output ${printable(name)}`,
      ...indented(attributeLines(change, name)),
    ]),
    ...plan.resource_drift.flatMap((resource) => [
      `drift: ${printable(resource.address)} was changed outside (${resource.change.actions.join(', ')})`,
      ...indented(attributeLines(resource.change)),
    ]),
    ...checks.map(({ address, status }) => `check ${printable(address.to_display)}: ${status}`),
  ];
}

const SIGNS: Readonly<Record<ChangeKind, string>> = {
  create: '+',
  update: '~',
  replace: '-/+',
  delete: '-',
  forget: '.',
  imported: '<',
  move: '>',
  read: '<=',
  'no-op': ' ',
};

function resourceLine(resource: ResourceChange): string {
  const { address, previous_address, deposed, action_reason, change } = resource;
  const kind = kindOf(resource);
  const notes = [
    deposed === undefined ? null : `deposed object ${deposed}`,
    previous_address === undefined || previous_address === address ? null : `was ${previous_address}`,
    change.importing === undefined || change.importing === null || kind === 'imported' ? null : 'taken into the state',
    kind === 'replace' ? change.actions.join(', then ') : null,
    action_reason === undefined ? null : action_reason.replaceAll('_', ' '),
  ].filter((note) => note !== null);
  return printable(`${SIGNS[kind]} ${kind} ${address}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`);
}

function sign({ actions }: Change): string {
  const [action = 'no-op'] = actions;
  return SIGNS[action];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}
