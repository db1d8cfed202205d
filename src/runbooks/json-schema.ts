import { z } from 'zod';
import type { Check, CheckCatalog } from '../domain/check.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { asJsonObject, isJsonObject, paramsJsonSchema } from './params-schema.ts';
import { KEYS } from './schema.ts';

/**
 * The JSON Schema (draft 7, which editors know best) of a runbook's YAML, with every check of the catalogue and its
 * parameters. It helps while writing; the loader stays the judge, as it knows more (zones, cron, what is together).
 */
export async function runbookJsonSchema(catalog: CheckCatalog): Promise<JsonObject> {
  const checks = await Promise.all(catalog.ids.map((id) => catalog.load(id)));
  const keys = asJsonObject(
    z.toJSONSchema(z.strictObject(KEYS).partial(), { io: 'input', target: 'draft-7', unrepresentable: 'any' }),
  );
  const properties = keys?.['properties'];
  if (!isJsonObject(properties)) throw new TypeError('zod made no properties of the runbook schema');
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Holdfast runbook',
    description:
      'When to run, what to check, what to tell the model, what it may propose, whom to tell. See docs/runbooks.md.',
    type: 'object',
    additionalProperties: false,
    not: { required: ['every', 'cron'] },
    properties: {
      ...properties,
      checks: { ...described(properties['checks']), type: 'array', items: entrySchema(checks) },
    },
  };
}

function described(property: JsonValue | undefined): JsonObject {
  const description = isJsonObject(property) ? property['description'] : undefined;
  return description === undefined ? {} : { description };
}

function entrySchema(checks: readonly Check[]): JsonObject {
  return {
    anyOf: [
      { enum: checks.filter((check) => check.standalone).map((check) => check.id) },
      {
        type: 'string',
        pattern: '\\*',
        description: 'A pattern over the checks that need no parameters, such as host/*.',
      },
      {
        type: 'object',
        description: 'A pattern with parameters that each of its checks takes.',
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: false,
        patternProperties: { '\\*': { type: ['object', 'null'] } },
      },
      ...checks.map(
        (check): JsonObject => ({
          type: 'object',
          description: check.title,
          additionalProperties: false,
          required: [check.id],
          properties: { [check.id]: withoutSchemaKey(paramsJsonSchema(check) ?? {}) },
        }),
      ),
    ],
  };
}

function withoutSchemaKey(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
}
