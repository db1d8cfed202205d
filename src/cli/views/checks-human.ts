import type { CheckDescription } from '../../app/checks.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Style } from '../terminal.ts';
import { count, padEnd, WIDEST, wrap } from './layout.ts';

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
  const rows = Object.entries(objectIn(params, 'properties')).map(([name, property]) =>
    parameter(name, property, params),
  );
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
    rows.length === 0 ? 'It has no parameters.' : 'Parameters:',
    ...rows.map(
      ([name, fallback, meaning]) =>
        `  ${style('bold', name)} ${style('dim', `(${fallback})`)}\n    ${wrap(meaning, width, 4)}`,
    ),
    '',
  ].join('\n');
}

function parameter(name: string, property: JsonValue, schema: JsonObject | null): readonly [string, string, string] {
  const required = schema?.['required'];
  const needed = Array.isArray(required) && required.includes(name);
  const fields: JsonObject =
    typeof property === 'object' && property !== null && !Array.isArray(property)
      ? Object.fromEntries(Object.entries(property))
      : {};
  const fallback = fields['default'];
  const shown = needed ? 'required' : fallback === undefined ? 'optional' : `default ${JSON.stringify(fallback)}`;
  return [name, shown, typeof fields['description'] === 'string' ? fields['description'] : ''];
}

function objectIn(parent: JsonObject | null, key: string): JsonObject {
  const value = parent?.[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
