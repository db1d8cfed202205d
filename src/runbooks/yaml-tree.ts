import type { Document, Node, Pair } from 'yaml';
import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Mistake, Place } from '../domain/mistake.ts';
import { excerpt, othersWords } from './excerpt.ts';
import { DEEPEST, firstExcess, firstTooDeep } from './yaml-limits.ts';

/** A piece of YAML inside a file: `firstLine` is the line of the file on which `text` begins. */
export interface YamlSource {
  readonly file: string;
  readonly text: string;
  readonly firstLine: number;
}

/** Plain data with the place of every key and value in the file. */
export interface YamlTree {
  readonly value: JsonObject;
  /** The key at `path`; of its nearest ancestor when it is not written. */
  keyAt(path: readonly PropertyKey[]): Place;
  /** The value at `path`; of its nearest ancestor when it is not written. */
  valueAt(path: readonly PropertyKey[]): Place;
}

/** Copies made by aliases count as well. */
const MOST_NODES = 10_000;
const MOST_MISTAKES = 10;

/**
 * Reads YAML 1.2 that a stranger may have written. What YAML offers beyond plain data is refused with its
 * place: tags, directives, merge keys, several documents, duplicate keys, depth, aliases that multiply.
 */
export function readYaml(source: YamlSource): { tree: YamlTree | null; mistakes: Mistake[] } {
  const lines = new LineCounter();
  const refuse = refusalsIn(source, lines);
  const excess = firstExcess(source.text, lines);
  if (excess !== null) return refuse.one('RUNBOOK_YAML_REFUSED', excess.offset, excess.message);
  const tokens = [...new Parser().parse(source.text)];
  for (const token of tokens) {
    if (token.type === 'directive')
      return refuse.one(
        'RUNBOOK_YAML_REFUSED',
        token.offset,
        'YAML directives (%) are not accepted; take the line out',
      );
  }
  const tooDeep = firstTooDeep(tokens);
  if (tooDeep !== null) return refuse.one('RUNBOOK_YAML_REFUSED', tooDeep, `nested deeper than ${DEEPEST} levels`);

  const documents = [
    ...new Composer({ uniqueKeys: true, strict: true, stringKeys: true, version: '1.2', merge: false }).compose(tokens),
  ];
  const [document, second] = documents;
  const complaints = documents.flatMap((each) => [...each.errors, ...each.warnings]);
  if (complaints.length > 0) return { tree: null, mistakes: complaintsAsMistakes(complaints, source.text, refuse) };
  if (document === undefined || document.contents === null) {
    return refuse.one('RUNBOOK_YAML_INVALID', 0, 'there is nothing here; a runbook is a map of keys such as "checks:"');
  }
  if (second !== undefined)
    return refuse.one(
      'RUNBOOK_YAML_REFUSED',
      second.range?.[0] ?? 0,
      'a second YAML document begins here; one file holds one runbook',
    );
  return plainTree(document, refuse);
}

type YamlCode = 'RUNBOOK_YAML_INVALID' | 'RUNBOOK_YAML_REFUSED' | 'RUNBOOK_KEY_DUPLICATE';

interface Refusals {
  mistake(code: YamlCode, offset: number, message: string): Mistake;
  one(code: YamlCode, offset: number, message: string): { tree: null; mistakes: Mistake[] };
  place(offset: number): Place;
}

function refusalsIn(source: YamlSource, lines: LineCounter): Refusals {
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line) + source.firstLine - 1, column: Math.max(1, col) };
  };
  const mistake = (code: YamlCode, offset: number, message: string): Mistake => ({
    level: 'error',
    code,
    message,
    where: { file: source.file, ...place(offset) },
    next: null,
  });
  return {
    mistake,
    place,
    one: (code, offset, message) => ({ tree: null, mistakes: [mistake(code, offset, message)] }),
  };
}

interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** One mistake for each line that is only short of quotes, else one for each complaint. */
function complaintsAsMistakes(complaints: readonly Complaint[], text: string, refuse: Refusals): Mistake[] {
  const byOffset = new Map<number, Mistake>();
  // A hostile line can bring hundreds of thousands.
  for (const complaint of complaints.slice(0, 1_000)) {
    if (byOffset.size >= MOST_MISTAKES) break;
    const unquoted = unquotedAt(text, complaint.pos[0]);
    const offset = unquoted?.offset ?? complaint.pos[0];
    if (byOffset.has(offset)) continue;
    const code = unquoted === null ? codeOf(complaint.code) : 'RUNBOOK_YAML_INVALID';
    byOffset.set(offset, refuse.mistake(code, offset, unquoted?.message ?? wordsFor(complaint, text)));
  }
  return [...byOffset.values()];
}

/** `cron: * * * * *` and `cron: @daily` read as an alias and as nothing; what is missing is quotes. */
function unquotedAt(text: string, near: number): { offset: number; message: string } | null {
  const start = text.lastIndexOf('\n', near - 1) + 1;
  const line = text.slice(start, start + 300).split('\n', 1)[0] ?? '';
  const match = /^(\s*(?:- +)*(?:[\w-]+: +|- +))([*@][^,\]}#]*)/.exec(line);
  const [, before, value] = match ?? [];
  if (before === undefined || value === undefined) return null;
  const shown = excerpt(value.trim());
  return {
    offset: start + before.length,
    message: `a text that begins with "${value[0]}" must stand in quotes: ${shown}`,
  };
}

function codeOf(yamlCode: string): YamlCode {
  if (yamlCode === 'DUPLICATE_KEY') return 'RUNBOOK_KEY_DUPLICATE';
  return REFUSED_BY_YAML.has(yamlCode) ? 'RUNBOOK_YAML_REFUSED' : 'RUNBOOK_YAML_INVALID';
}

const REFUSED_BY_YAML: ReadonlySet<string> = new Set([
  'TAG_RESOLVE_FAILED',
  'MULTIPLE_DOCS',
  'NON_STRING_KEY',
  'RESOURCE_EXHAUSTION',
]);

function wordsFor(complaint: Complaint, text: string): string {
  const written = excerpt(text.slice(complaint.pos[0], complaint.pos[1]).split('\n', 1)[0] ?? '');
  switch (complaint.code) {
    case 'DUPLICATE_KEY':
      return `the key ${written} is written twice`;
    case 'TAG_RESOLVE_FAILED':
      return `the tag ${written} is not accepted; a runbook is plain data`;
    case 'TAB_AS_INDENT':
      return 'a tab is used as indentation; YAML wants spaces';
    case 'NON_STRING_KEY':
      return 'a key must be plain text, not a list or a map';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a second ": " on one line; put the value in quotes';
    default:
      return `not YAML: ${othersWords(complaint.message)}`;
  }
}

class Refused extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** Turns nodes into plain data, counting every copy that an alias makes. */
function plainTree(document: Document.Parsed, refuse: Refusals): { tree: YamlTree | null; mistakes: Mistake[] } {
  const keys = new Map<string, Place>();
  const values = new Map<string, Place>();
  let nodes = 0;

  const toPlain = (node: Node | null, path: readonly PropertyKey[], at: number): JsonValue => {
    const offset = node?.range?.[0] ?? at;
    nodes += 1;
    if (nodes > MOST_NODES) throw new Refused(offset, `aliases make this more than ${MOST_NODES} values`);
    if (path.length > DEEPEST)
      throw new Refused(offset, `nested deeper than ${DEEPEST} levels; an alias may point at itself`);
    values.set(keyOf(path), refuse.place(offset));
    if (node === null) return null;
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined)
        throw new Refused(
          offset,
          `the alias ${excerpt(node.source)} points at nothing above it; put it in quotes if it is text`,
        );
      return toPlain(target, path, offset);
    }
    if (node.tag !== undefined)
      throw new Refused(
        offset,
        `the tag ${excerpt(node.tag.replace('tag:yaml.org,2002:', '!!'))} is not accepted; a runbook is plain data`,
      );
    if (isMap(node)) return mapToPlain(node.items, path, offset);
    if (isSeq(node)) return node.items.map((item, index) => toPlain(asNode(item), [...path, index], offset));
    return isScalar(node) ? scalarToPlain(node.value, node.source ?? '', offset) : null;
  };

  const mapToPlain = (pairs: readonly Pair[], path: readonly PropertyKey[], at: number): JsonObject => {
    const entries: [string, JsonValue][] = [];
    for (const pair of pairs) {
      const key = asNode(pair.key);
      const offset = key?.range?.[0] ?? at;
      if (!isScalar(key) || typeof key.value !== 'string') throw new Refused(offset, 'a key must be plain text');
      if (key.value === '<<') throw new Refused(offset, 'merge keys (<<) are not accepted; write the keys out');
      if (key.value === '__proto__') throw new Refused(offset, 'the key "__proto__" is not accepted');
      wellFormed(key.value, offset);
      keys.set(keyOf([...path, key.value]), refuse.place(offset));
      entries.push([key.value, toPlain(asNode(pair.value), [...path, key.value], key.range?.[1] ?? offset)]);
    }
    return Object.fromEntries(entries);
  };

  try {
    const value = toPlain(document.contents, [], 0);
    if (!isObject(value))
      return refuse.one(
        'RUNBOOK_YAML_INVALID',
        document.contents?.range?.[0] ?? 0,
        'a runbook is a map of keys such as "checks:", not a list or a text',
      );
    const nearest = (map: ReadonlyMap<string, Place>, path: readonly PropertyKey[]): Place => {
      for (let length = path.length; length >= 0; length--) {
        const found = map.get(keyOf(path.slice(0, length))) ?? values.get(keyOf(path.slice(0, length)));
        if (found !== undefined) return found;
      }
      return refuse.place(0);
    };
    return {
      tree: { value, keyAt: (path) => nearest(keys, path), valueAt: (path) => nearest(values, path) },
      mistakes: [],
    };
  } catch (error) {
    if (error instanceof Refused) return refuse.one('RUNBOOK_YAML_REFUSED', error.offset, error.message);
    throw error;
  }
}

function asNode(value: unknown): Node | null {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null;
}

function scalarToPlain(value: unknown, source: string, offset: number): JsonValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return wellFormed(value, offset);
  if (typeof value === 'number' && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)))
    return value;
  throw new Refused(
    offset,
    `${excerpt(source)} is not a number that can be kept exactly; put it in quotes if it is text`,
  );
}

/** Half a character (\ud800) has no canonical form and no place in a file. */
function wellFormed(text: string, offset: number): string {
  if (text.isWellFormed()) return text;
  throw new Refused(offset, 'half of a surrogate pair, which is no character');
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}
