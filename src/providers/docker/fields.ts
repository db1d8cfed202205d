/** The fields of a JSON object; null for anything else. */
export function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null;
}

/** The field as a text; null when it is none, or missing. */
export function textIn(fields: ReadonlyMap<string, unknown> | null, name: string): string | null {
  const value = fields?.get(name);
  return typeof value === 'string' ? value : null;
}

/** The field as a whole number; null when it is none, or missing. */
export function countIn(fields: ReadonlyMap<string, unknown> | null, name: string): number | null {
  const value = fields?.get(name);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}
