import type { LookedAt, OneLook } from '../../app/look-with.ts';
import type { Style } from '../terminal.ts';
import { padEnd, WIDEST, wrap } from './layout.ts';
import { plainValue } from './run-human.ts';
import { severityLabel } from './severity.ts';

const INDENT = 10;

/** One look at one check: every resource with its facts, and what was judged of it. */
export function lookHuman(look: OneLook, columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const line = (label: string, text: string): string => `${padEnd(label, INDENT)}${wrap(text, width, INDENT)}`;
  const unknown =
    look.hidden.length > 0
      ? look.hidden.map(({ name, failure }) => `${name}: ${failure.message}`)
      : look.failure === null
        ? []
        : [look.failure.message];
  return [
    style('bold', look.check),
    ...look.resources.flatMap((resource) => ['', ...resourceLines(resource, line, style)]),
    ...(unknown.length === 0 ? [] : ['', ...unknown.map((text) => line(style('magenta', 'UNKNOWN'), text))]),
    '',
    style('dim', 'One look: nothing was compared and nothing was kept.'),
    '',
  ].join('\n');
}

function resourceLines(
  { name, facts, drafts }: LookedAt,
  line: (label: string, text: string) => string,
  style: Style,
): readonly string[] {
  const findings = drafts.flatMap((draft) => [
    line(severityLabel(draft.severity, style), draft.title),
    line('', `Why: ${draft.why}`),
    line('', `Next: ${draft.next}`),
  ]);
  const verdict = findings.length === 0 ? [line(style('green', 'OK'), name)] : findings;
  return [
    ...verdict,
    ...Object.entries(facts).map(([fact, value]) => line('', style('dim', `${fact}: ${plainValue(value)}`))),
  ];
}
