import type { JsonValue } from '../../domain/json.ts';
import { printableStart } from '../../domain/printable.ts';
import type { Body, BodyWish } from '../../providers/net/reader.ts';
import type { BodyFacts } from './http-facts.ts';
import type { HttpParams } from './http-params.ts';
import { parseJsonPath, valueAt } from '../../domain/json-path.ts';

/**
 * What to read of a body: as far as the conditions need of an answer whose status is right, else
 * enough to show a person what was said instead.
 */
export function bodyWish(params: HttpParams, statusIsRight: boolean): BodyWish | null {
  if (!statusIsRight) return { limit: 1_024, until: [], withinMs: 1_000 };
  if (params.contains === undefined && params.lacks === undefined && params.json === undefined) return null;
  const needsAll = params.lacks !== undefined || params.json !== undefined;
  return { limit: params.maxBody, until: needsAll ? [] : (params.contains ?? []), withinMs: params.timeout };
}

/** What the conditions ask about, found or not; of the body itself only its start is kept. */
export function factsOfBody(body: Body, params: HttpParams): BodyFacts {
  const document = params.json === undefined ? undefined : parsed(body.text);
  return {
    bytes: body.bytes,
    end: body.end,
    excerpt: printableStart(body.text.replaceAll(/\s+/g, ' ').trim(), 200),
    contains: (params.contains ?? []).map((text) => ({ text, found: body.text.includes(text) })),
    lacks: (params.lacks ?? []).map((text) => ({ text, found: body.text.includes(text) })),
    isJson: params.json === undefined ? null : document !== undefined,
    json: (params.json ?? []).map(({ path, equals }) => {
      const value = document === undefined ? undefined : valueAt(document, parseJsonPath(path) ?? []);
      return {
        path,
        found: value !== undefined,
        equal: equals === undefined ? null : value === equals,
        wanted: equals ?? null,
        value: bounded(value),
      };
    }),
  };
}

function parsed(text: string): JsonValue | undefined {
  try {
    const document: JsonValue = JSON.parse(text);
    return document;
  } catch {
    // Not JSON, or not all of it: the judgement says so.
    return undefined;
  }
}

function bounded(value: JsonValue | undefined): string | number | boolean | null {
  if (typeof value === 'string') return printableStart(value, 120);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return value ?? null;
}
