import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import { printable, printableStart } from '../../../domain/printable.ts';
import { strengthOfName } from '../../../domain/redaction/key-name.ts';
import type { Strength } from '../../../domain/redaction/key-words.ts';
import type { Change } from './shown-plan.ts';

/** At most so many attributes of one resource are shown one by one; the others are counted. */
const SHOWN_AT_MOST = 100;
/** The length to which a value is shown; how long it is follows. */
const VALUE_AT_MOST = 200;

/**
 * The attributes that change, each as `path: before -> after`, for people. Where either tree of sensitivity says
 * so, before and after are `[sensitive]`, with everything under it. What is not known yet is `(known after apply)`.
 * `name` is what the value itself is called, where it has a name (an output).
 */
export function attributeLines(change: Change, name: string | null = null): readonly string[] {
  const lines: string[] = [];
  const forced = new Set(change.replace_paths.map((path) => pathWords(path)));
  compare(
    {
      before: change.before,
      after: change.after,
      unknown: change.after_unknown,
      sensitive: [change.before_sensitive, change.after_sensitive],
    },
    name === null ? [] : [name],
    (path, words) => lines.push(`${path}: ${words}${forced.has(path) ? ' (forces replacement)' : ''}`),
  );
  const more = lines.length - SHOWN_AT_MOST;
  if (more <= 0) return lines;
  return [...lines.slice(0, SHOWN_AT_MOST), `and ${more} more attributes, which the plan's digest covers`];
}

/** One place in all five trees. */
interface Place {
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
  readonly unknown: JsonValue | undefined;
  readonly sensitive: readonly (JsonValue | undefined)[];
}

type Path = readonly (string | number)[];
type Say = (path: string, words: string) => void;

function compare(place: Place, path: Path, say: Say): void {
  const { before, after, unknown, sensitive } = place;
  const isUnknown = unknown === true;
  if (!holdsTrue(unknown) && same(before, after)) return;
  const goesIn = !isUnknown && areBranches([before, after], unknown);
  // A tree that can't be followed to its end, for what it is or for what it is of, masks all of it.
  const isMasked = sensitive.some(
    (tree) => tree === true || (holdsTrue(tree) && !(goesIn && Array.isArray(tree) === Array.isArray(before ?? after))),
  );
  if (isMasked) {
    say(pathWords(path), `${there(before) ? SENSITIVE : NONE} -> ${isUnknown || there(after) ? SENSITIVE : NONE}`);
  } else if (goesIn) {
    for (const key of keysOf(before, after, unknown)) {
      const inside: Place = {
        before: child(before, key),
        after: child(after, key),
        unknown: child(unknown, key),
        sensitive: sensitive.map((tree) => child(tree, key)),
      };
      compare(inside, [...path, key], say);
    }
  } else {
    sayValues(pathWords(path), strengthOf(path), shown(before), holdsTrue(unknown) ? LATER : shown(after), say);
  }
}

/**
 * A provider may have forgotten to say that a value is sensitive. A name that says it is a secret masks it; under a
 * name that may be one's, each value stands right after the name, where the redactor judges it.
 */
function sayValues(path: string, strength: Strength | null, before: string, after: string, say: Say): void {
  if (strength === 'password' || strength === 'secret') {
    const masked = (value: string): string => (value === NONE || value === LATER ? value : NAMED_SO);
    say(path, `${masked(before)} -> ${masked(after)}`);
  } else if (strength === 'possible') {
    say(path, `${before} (before)`);
    say(path, `${after} (after)`);
  } else {
    say(path, `${before} -> ${after}`);
  }
}

/** The strongest of what the names on the way say. */
function strengthOf(path: Path): Strength | null {
  const strengths = path.map((key) => (typeof key === 'string' ? strengthOfName(key) : null));
  return (['password', 'secret', 'possible'] as const).find((strength) => strengths.includes(strength)) ?? null;
}

/** In brackets, which the redactor leaves alone after a name that it condemns. */
const SENSITIVE = '[sensitive]';
const NAMED_SO = '[masked for its name]';
const LATER = '(known after apply)';
const NONE = 'none';

/** All that is there are objects, or all are lists, and there is something in them: they are gone into. */
function areBranches(sides: readonly (JsonValue | undefined)[], unknown: JsonValue | undefined): boolean {
  const present = sides.filter(there);
  const lists = present.filter((side) => Array.isArray(side)).length;
  const alike = lists === 0 || lists === present.length;
  return alike && present.length > 0 && present.every(isBranch) && keysOf(...present, unknown).length > 0;
}

function there(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}

function keysOf(...trees: readonly (JsonValue | undefined)[]): readonly (string | number)[] {
  const lists = trees.filter((tree) => Array.isArray(tree));
  if (lists.length > 0)
    return Array.from({ length: Math.max(...lists.map((list) => list.length)) }, (_, index) => index);
  return [...new Set(trees.flatMap((tree) => (isObject(tree) ? Object.keys(tree) : [])))].toSorted();
}

/** What is over a whole (`true`) was heeded before it is gone into. */
function child(tree: JsonValue | undefined, key: string | number): JsonValue | undefined {
  if (Array.isArray(tree)) return typeof key === 'number' ? tree[key] : undefined;
  if (isObject(tree)) return Object.hasOwn(tree, key) ? tree[key] : undefined;
  return undefined;
}

function holdsTrue(tree: JsonValue | undefined): boolean {
  if (tree === true) return true;
  return isBranch(tree) && Object.values(tree).some(holdsTrue);
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return JSON.stringify(sorted(a ?? null)) === JSON.stringify(sorted(b ?? null));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}

function shown(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return NONE;
  const text = JSON.stringify(value);
  if (text.length <= VALUE_AT_MOST) return printable(text);
  return `${printableStart(text, VALUE_AT_MOST)} (${text.length} characters)`;
}

function pathWords(path: Path): string {
  return printable(
    path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join(''),
  );
}

function isBranch(value: JsonValue | undefined): value is JsonObject | readonly JsonValue[] {
  return typeof value === 'object' && value !== null;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return isBranch(value) && !Array.isArray(value);
}
