import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Style } from '../terminal.ts';
import { wrap } from './layout.ts';

/** The parameters of a check or an action, from their JSON Schema. */
export function paramLines(params: JsonObject | null, width: number, style: Style): readonly string[] {
  const rows = Object.entries(objectIn(params, 'properties')).map(([name, property]) =>
    parameter(name, property, params),
  );
  return [
    rows.length === 0 ? 'It has no parameters.' : 'Parameters:',
    ...rows.map(
      ([name, fallback, meaning]) =>
        `  ${style('bold', name)} ${style('dim', `(${fallback})`)}\n    ${wrap(meaning, width, 4)}`,
    ),
  ];
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
