import type { JsonObject } from '../../src/domain/json.ts';
import { isJsonObject } from '../../src/runbooks/params-schema.ts';

/** The parameters of a check or an action, as lines of a Markdown table. */
export function parameterTable(schema: JsonObject | null): readonly string[] {
  const properties = isJsonObject(schema?.['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema?.['required']) ? schema['required'] : [];
  if (Object.keys(properties).length === 0) return ['It has no parameters.', ''];
  const rows = Object.entries(properties).map(([name, property]) => {
    const fields = isJsonObject(property) ? property : {};
    const fallback = required.includes(name)
      ? 'required'
      : fields['default'] === undefined
        ? 'optional'
        : `\`${JSON.stringify(fields['default'])}\``;
    return `| \`${name}\` | ${fallback} | ${cell(fields['description'])} |`;
  });
  return ['| parameter | default | meaning |', '|---|---|---|', ...rows, ''];
}

function cell(text: unknown): string {
  return typeof text === 'string' ? text.replaceAll('|', '\\|').replaceAll('\n', ' ') : '';
}
