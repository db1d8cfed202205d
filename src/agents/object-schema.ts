import * as z from 'zod';
import type { JsonObject } from '../domain/json.ts';

export type ObjectSchema = z.ZodType<JsonObject>;

const anyObject = z.record(z.string(), z.json());

/** What holds an answer, or a tool's input, against its JSON Schema. */
export function objectSchema(schema: JsonObject): ObjectSchema {
  const form = z.fromJSONSchema(schema);
  return anyObject.superRefine((value, context) => {
    for (const { path, message } of form.safeParse(value).error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [...path], message });
  });
}

export type Read = { readonly value: JsonObject } | { readonly value: null; readonly wrong: string };

/** The one JSON object that a text is; what is wrong with it, for the model, when it is none. */
export function answerIn(text: string, schema: ObjectSchema): Read {
  const document = documentIn(text);
  if (document === undefined) return { value: null, wrong: text.trim() === '' ? 'it is empty' : 'it is no JSON' };
  const parsed = schema.safeParse(document);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { value: null, wrong: `${issue?.path.map(String).join('.') || 'the object'}: ${issue?.message ?? 'wrong'}` };
}

/** A model that was not held to a grammar likes to put a fence of Markdown round its JSON. */
function documentIn(text: string): unknown {
  const inside = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text)?.[1] ?? text;
  try {
    return JSON.parse(inside);
  } catch {
    return undefined; // said to the model as "no JSON"
  }
}
