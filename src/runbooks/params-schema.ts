import { z } from 'zod';
import type { Check } from '../domain/check.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';

/**
 * The JSON Schema of what a person may write as the parameters of a check or an action; null when their schema can't tell
 * (it is no zod schema). What JSON Schema can't say (a transform, a refinement) is left open.
 */
export function paramsJsonSchema(check: { readonly params: unknown }): JsonObject | null {
  if (!(check.params instanceof z.ZodType)) return null;
  return asJsonObject(z.toJSONSchema(check.params, { io: 'input', target: 'draft-7', unrepresentable: 'any' }));
}

/** The keys a check's parameters have at the top. */
export function paramKeys(check: Check): readonly string[] {
  return Object.keys(objectIn(paramsJsonSchema(check), 'properties'));
}

/** How to request a check that needs parameters, with its required ones to fill in: `net/http: { url: … }`. */
export function exampleOf(check: Check): string {
  const schema = paramsJsonSchema(check);
  const properties = objectIn(schema, 'properties');
  const required = schema?.['required'];
  const names =
    Array.isArray(required) && required.length > 0 ? required.map(String) : Object.keys(properties).slice(0, 1);
  const written = names.map((name) => `${name}: ${placeholder(objectIn(properties, name))}`);
  return `${check.id}: { ${written.length === 0 ? '…' : written.join(', ')} }`;
}

function placeholder(property: JsonObject): string {
  const examples = property['examples'];
  if (Array.isArray(examples) && examples.length > 0) return JSON.stringify(examples[0]);
  return property['type'] === 'array' ? '[…]' : '…';
}

function objectIn(parent: JsonObject | null, key: string): JsonObject {
  const value = parent?.[key];
  return isJsonObject(value) ? value : {};
}

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value)) &&
    Object.values(value).every(isJson)
  );
}

function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return Array.isArray(value) ? value.every(isJson) : isJsonObject(value);
}

/** A deep copy without the keys that are undefined; null when something in it is no JSON. */
export function asJsonObject(value: unknown): JsonObject | null {
  const copy = withoutUndefined(value);
  return isJsonObject(copy) ? copy : null;
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || ![Object.prototype, null].includes(Object.getPrototypeOf(value)))
    return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, withoutUndefined(inner)]),
  );
}
