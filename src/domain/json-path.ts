import type { JsonValue } from './json.ts';

export type JsonStep = string | number;

/**
 * The steps of a path into JSON: `$.status`, `$.checks[0].state`, `$["a key"]`; null when it is not
 * one. A subset of RFC 9535 that names one place: no wildcards, filters or recursion, so that asking
 * costs no more than the path is long. The leading `$` may be left out.
 */
export function parseJsonPath(path: string): readonly JsonStep[] | null {
  const steps: JsonStep[] = [];
  const step = /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(\d{1,9})\]|\["((?:[^"\\]|\\["\\])*)"\]|\['((?:[^'\\]|\\['\\])*)'\]/uy;
  const text = path.startsWith('$') ? path.slice(1) : path.startsWith('[') ? path : `.${path}`;
  while (step.lastIndex < text.length) {
    const match = step.exec(text);
    if (match === null) return null;
    const [, name, index, double, single] = match;
    steps.push(
      index === undefined ? (name ?? (double ?? single ?? '').replaceAll(/\\(["'\\])/g, '$1')) : Number(index),
    );
  }
  return steps;
}

/** The value at a path; undefined when there is none. Only what the document itself holds counts. */
export function valueAt(document: JsonValue, steps: readonly JsonStep[]): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    if (isList(value)) value = typeof step === 'number' ? value[step] : undefined;
    else value = typeof step === 'string' ? value[step] : undefined;
  }
  return value;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
