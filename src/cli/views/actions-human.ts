import type { ActionDescription } from '../../app/actions.ts';
import type { Style } from '../terminal.ts';
import { count, padEnd, WIDEST, wrap } from './layout.ts';
import { paramLines } from './params-human.ts';

/** The actions there are, a line each. */
export function actionsHuman(actions: readonly ActionDescription[], columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const widest = Math.max(...actions.map(({ action }) => action.id.length)) + 2;
  const lines = actions.map(
    ({ action }) => `${padEnd(style('bold', action.id), widest)}${wrap(action.title, width, widest)}`,
  );
  return `${lines.join('\n')}\n\n${count(actions.length, 'action')}. \`holdfast actions show <id>\` explains one, \`holdfast plan create <id>\` makes a plan with it.\n`;
}

/** One action with its parameters. */
export function actionHuman({ action, params }: ActionDescription, columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  return [
    `${style('bold', `${action.id}@${action.version}`)}  ${action.title}`,
    '',
    ...action.description
      .trim()
      .split('\n')
      .map((line) => wrap(line, width, 0)),
    '',
    ...paramLines(params, width, style),
    '',
  ].join('\n');
}
