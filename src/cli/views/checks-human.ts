import type { CheckDescription } from '../../app/checks.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Style } from '../terminal.ts';
import { count, padEnd, WIDEST, wrap } from './layout.ts';
import { paramLines } from './params-human.ts';

/** The checks there are, a line each. */
export function checksHuman(checks: readonly CheckDescription[], columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const widest = Math.max(...checks.map(({ check }) => check.id.length)) + 2;
  const lines = checks.map(({ check }) => {
    const note = check.standalone ? '' : style('dim', ' (needs parameters)');
    return `${padEnd(style('bold', check.id), widest)}${wrap(check.title + note, width, widest)}`;
  });
  return `${lines.join('\n')}\n\n${count(checks.length, 'check')}. \`holdfast checks show <id>\` explains one, \`holdfast checks run <id>\` tries it.\n`;
}

/** One check with its parameters. */
export function checkHuman({ check, params }: CheckDescription, columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  return [
    `${style('bold', check.id)}  ${check.title}`,
    '',
    ...check.description
      .trim()
      .split('\n')
      .map((line) => wrap(line, width, 0)),
    '',
    `Time limit: ${formatDuration(check.timeoutMs)}.`,
    '',
    ...paramLines(params, width, style),
    '',
  ].join('\n');
}
