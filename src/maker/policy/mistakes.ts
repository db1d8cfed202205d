import * as z from 'zod';
import { excerpt, othersWords } from '../../domain/excerpt.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Mistake, Place } from '../../domain/mistake.ts';
import { suggest } from '../../domain/suggest.ts';
import { placeOf, writtenAt } from '../../yaml/written.ts';
import type { YamlTree } from '../../yaml/yaml-tree.ts';
import { policyJsonSchema } from './json-schema.ts';
import { codeOf } from './schema.ts';

/** What the schema has against a policy, at the keys and values it is about. */
export function mistakesFrom(issues: readonly z.core.$ZodIssue[], tree: YamlTree, file: string): Mistake[] {
  const at = (code: Mistake['code'], place: Place, message: string): Mistake => ({
    level: 'error',
    code,
    message,
    where: { file, ...place },
    next: null,
  });
  return issues
    .flatMap((issue) => meant(issue, tree))
    .map((issue) => ({ ...issue, path: asWritten(issue.path, tree) }))
    .flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        const known = keysAt(issue.path);
        return issue.keys.map((key) =>
          at(
            'POLICY_KEY_UNKNOWN',
            tree.keyAt([...issue.path, key]),
            `${excerpt(key)} is not a key here${advice(key, known)}`,
          ),
        );
      }
      if (issue.code === 'invalid_key')
        return [
          at(
            'POLICY_PATH_INVALID',
            tree.keyAt(issue.path),
            `${excerpt(String(issue.path.at(-1)))}: ${othersWords(issue.issues[0]?.message ?? issue.message)}`,
          ),
        ];
      return [at(codeOf(issue), placeOf(tree, issue.path), words(issue, tree))];
    });
}

/** Of "this, or a list of this" what was meant is plain from what is written: the issues of that half. */
function meant(issue: z.core.$ZodIssue, tree: YamlTree): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [single = [], many] = issue.errors;
  const half = Array.isArray(writtenAt(tree, issue.path)) ? many : single;
  // A union of plain kinds says in its own words what it takes.
  if (half === undefined || half.length === 0 || !isOneOrMore(issue)) return [issue];
  return half.flatMap((inner) => meant({ ...inner, path: [...issue.path, ...inner.path] }, tree));
}

function isOneOrMore({ errors }: z.core.$ZodIssueInvalidUnion): boolean {
  return errors.length === 2;
}

/** Without the places in lists for which one value stands. */
function asWritten(path: readonly PropertyKey[], tree: YamlTree): PropertyKey[] {
  const written: PropertyKey[] = [];
  for (const step of path) if (typeof step !== 'number' || Array.isArray(writtenAt(tree, written))) written.push(step);
  return written;
}

function words(issue: z.core.$ZodIssue, tree: YamlTree): string {
  const key = issue.path.map(String).join('.');
  const value = writtenAt(tree, issue.path);
  const said = othersWords(issue.message);
  // What our own checks say is a sentence; what the library says is of the value before it.
  if (issue.code === 'custom' || (issue.code === 'too_small' && issue.origin === 'array')) return said;
  if (value === undefined) return `"${key}" is missing`;
  if (issue.code === 'invalid_value') {
    const near = typeof value === 'string' ? suggest(value, issue.values.map(String)) : null;
    return `${keyed(key, value)} is not one of ${issue.values.map(String).join(', ')}${near === null ? '' : `; did you mean "${near}"?`}`;
  }
  return `${keyed(key, value)} is not accepted: ${said}`;
}

function keyed(key: string, value: JsonValue): string {
  return `${excerpt(value)} for ${excerpt(key)}`;
}

function advice(key: string, known: readonly string[]): string {
  const near = suggest(key, known);
  if (near !== null) return `; did you mean "${near}"?`;
  return known.length === 0 ? '' : `; there are ${known.join(', ')}`;
}

/** The keys that a map takes, out of the schema itself, so that advice and schema can not part. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let here: readonly JsonValue[] = [policyJsonSchema()];
  for (const step of path) here = here.flatMap(branches).flatMap((schema) => inside(schema, step));
  return here.flatMap(branches).flatMap((schema) => Object.keys(objectAt(schema, 'properties')));
}

function branches(schema: JsonValue): readonly JsonValue[] {
  const options = objectOf(schema)['anyOf'];
  return Array.isArray(options) ? options.flatMap(branches) : [schema];
}

function inside(schema: JsonValue, step: PropertyKey): readonly JsonValue[] {
  const { items, additionalProperties } = objectOf(schema);
  const property = objectAt(schema, 'properties')[String(step)];
  return [typeof step === 'number' ? items : (property ?? additionalProperties)].filter((found) => found !== undefined);
}

function objectAt(schema: JsonValue, key: string): JsonObject {
  return objectOf(objectOf(schema)[key] ?? null);
}

function objectOf(value: JsonValue): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
