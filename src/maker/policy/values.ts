import type { JsonValue } from '../../domain/json.ts';
import { printableStart } from '../../domain/printable.ts';
import type { Truth } from './truth.ts';

/**
 * What stands at a path, through own properties of objects only: nothing inherited counts (`constructor`,
 * a polluted prototype), nor does a place in a list. undefined when any part of the way is not there.
 */
export function ownAt(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || Array.isArray(here) || !Object.hasOwn(here, key)) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

/** Whether what was seen is this very value. Another type, null and what is missing say nothing: "4" is not 4, nor is it not 4. */
export function isExactly(seen: unknown, listed: JsonValue): Truth {
  if (typeof listed === 'object' || typeof seen !== typeof listed) return null;
  return typeof seen === 'number' && !Number.isFinite(seen) ? null : seen === listed;
}

/** As `isExactly` for what names somebody or something: an empty name is none. */
export function isNamed(seen: unknown, listed: JsonValue): Truth {
  return seen === '' ? null : isExactly(seen, listed);
}

/** A name known to be one; undefined for an empty one and for anything else. */
export function nameOf(seen: unknown): string | undefined {
  return typeof seen === 'string' && seen !== '' ? seen : undefined;
}

/** A number that can be reckoned with: no text, no NaN, not infinite. */
export function numberOf(seen: unknown): number | undefined {
  return typeof seen === 'number' && Number.isFinite(seen) ? seen : undefined;
}

/** A value as it was seen, on one printable line: texts that could pass for something else stand in quotes. */
export function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'missing';
  if (typeof value === 'string') return isPlain(value) ? value : printableStart(JSON.stringify(value), LONGEST);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}

const LONGEST = 100;

/** Whether nobody could take a text for anything else when it stands without quotes. Every clause of every decision asks. */
function isPlain(text: string): boolean {
  return (
    text.length <= LONGEST &&
    /^[!#-~]+$/.test(text) &&
    !/^(?:[-+.]?\d[\d.eExX]*|true|false|missing|NaN|-?Infinity)$/.test(text)
  );
}

/** Listed values for the words of a clause. */
export function listWords(values: readonly JsonValue[]): string {
  const first = values.slice(0, MOST_LISTED).map(shown).join(' or ');
  return values.length > MOST_LISTED ? `${first} or ${values.length - MOST_LISTED} more` : first;
}

const MOST_LISTED = 5;
