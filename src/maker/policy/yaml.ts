import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
} from 'yaml';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Mistake, Place } from '../../domain/mistake.ts';
import { othersWords, quote } from './quote.ts';

/** Plain data with the place of every key and value in the file. */
export interface PolicyTree {
  readonly value: JsonObject;
  /** The key at a path, or of the nearest thing around it that is written. */
  keyAt(path: readonly PropertyKey[]): Place;
  /** The value at a path, or the nearest around it that is written. */
  valueAt(path: readonly PropertyKey[]): Place;
}

export type YamlCode = 'POLICY_YAML_INVALID' | 'POLICY_YAML_REFUSED' | 'POLICY_KEY_DUPLICATE';

/** Far above what a policy needs, and far below what hurts: keys are compared each with each. */
const MOST_PIECES = 20_000;
const DEEPEST = 16;
const MOST_MISTAKES = 10;

/**
 * Reads a policy's YAML 1.2 as plain data. A policy means what its reviewer reads, so that whatever makes it mean
 * something that is written elsewhere is refused: aliases, merge keys, tags, directives, a second document, a key
 * written twice. Checked before anything is built: the number of pieces and the depth.
 */
export function readPolicyYaml(file: string, text: string): { tree: PolicyTree | null; mistakes: Mistake[] } {
  const lines = new LineCounter();
  try {
    const tokens = tokensOf(text, lines);
    const documents = [
      ...new Composer({ uniqueKeys: true, strict: true, stringKeys: true, version: '1.2', merge: false }).compose(
        tokens,
      ),
    ];
    const complaints = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
    if (complaints.length > 0) return { tree: null, mistakes: mistakesOf(complaints, { file, text, lines }) };
    return { tree: treeOf(onlyOne(documents), lines), mistakes: [] };
  } catch (error) {
    if (error instanceof Refused) return { tree: null, mistakes: [mistake(error, file, lines)] };
    throw error;
  }
}

class Refused extends Error {
  readonly code: YamlCode;
  readonly offset: number;

  constructor(offset: number, message: string, code: YamlCode = 'POLICY_YAML_REFUSED') {
    super(message);
    this.offset = offset;
    this.code = code;
  }
}

function mistake(
  { code, offset, message }: Pick<Refused, 'code' | 'offset' | 'message'>,
  file: string,
  lines: LineCounter,
): Mistake {
  return { level: 'error', code, message, where: { file, ...placeAt(lines, offset) }, next: null };
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Everything that is looked at before a tree is built, which is where hostile text costs time and stack. */
function tokensOf(text: string, lines: LineCounter) {
  countPieces(text, lines);
  const tokens = [...new Parser().parse(text)];
  for (const token of tokens)
    if (token.type === 'directive')
      throw new Refused(token.offset, 'YAML directives (%) are not accepted; take the line out');
  const waiting: { token: object; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST * 2) throw tooDeep(offsetOf(token));
    for (const child of childrenOf(token)) waiting.push({ token: child, depth: depth + 1 });
  }
  return tokens;
}

/** Notes where lines begin as it goes, for the places of mistakes. */
function countPieces(text: string, lines: LineCounter): void {
  let offset = 0;
  let open = 0;
  let pieces = 0;
  lines.addNewLine(0);
  for (const piece of new Lexer().lex(text)) {
    if (LEXER_MARKS.has(piece)) continue;
    pieces += 1;
    if (piece === '[' || piece === '{') open += 1;
    if (piece === ']' || piece === '}') open -= 1;
    if (open > DEEPEST) throw tooDeep(offset);
    if (pieces > MOST_PIECES)
      throw new Refused(offset, `more than ${MOST_PIECES} pieces of YAML; a policy needs far fewer`);
    for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', at + 1)) lines.addNewLine(offset + at + 1);
    offset += piece.length;
  }
}

/** What the lexer of yaml says besides text: a document begins, a flow is broken, a scalar follows. */
const LEXER_MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);

function tooDeep(offset: number): Refused {
  return new Refused(offset, `nested deeper than ${DEEPEST} levels`);
}

function offsetOf(token: object): number {
  return 'offset' in token && typeof token.offset === 'number' ? token.offset : 0;
}

function childrenOf(token: object): readonly object[] {
  const items: readonly unknown[] = 'items' in token && Array.isArray(token.items) ? token.items : [];
  const inside = [
    'value' in token ? token.value : null,
    ...items.flatMap((item) =>
      typeof item === 'object' && item !== null
        ? ['key' in item ? item.key : null, 'value' in item ? item.value : null]
        : [],
    ),
  ];
  return inside.filter((child): child is object => typeof child === 'object' && child !== null);
}

function onlyOne(documents: readonly Document.Parsed[]): Document.Parsed {
  const [document, second] = documents;
  if (document === undefined || document.contents === null)
    throw new Refused(0, 'there is nothing here; a policy begins with "policy: <name>"', 'POLICY_YAML_INVALID');
  if (second !== undefined)
    throw new Refused(second.range[0], 'a second YAML document begins here; one file holds one policy');
  return document;
}

interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

function mistakesOf(
  complaints: readonly Complaint[],
  { file, text, lines }: { file: string; text: string; lines: LineCounter },
): Mistake[] {
  const byOffset = new Map<number, Mistake>();
  // One hostile line can bring hundreds of thousands.
  for (const complaint of complaints.slice(0, 1_000)) {
    const [offset] = complaint.pos;
    if (byOffset.size >= MOST_MISTAKES || byOffset.has(offset)) continue;
    const code = CODES[complaint.code] ?? 'POLICY_YAML_INVALID';
    byOffset.set(offset, mistake({ code, offset, message: wordsFor(complaint, text) }, file, lines));
  }
  return [...byOffset.values()];
}

const CODES: Readonly<Record<string, YamlCode>> = {
  DUPLICATE_KEY: 'POLICY_KEY_DUPLICATE',
  TAG_RESOLVE_FAILED: 'POLICY_YAML_REFUSED',
  MULTIPLE_DOCS: 'POLICY_YAML_REFUSED',
  NON_STRING_KEY: 'POLICY_YAML_REFUSED',
  RESOURCE_EXHAUSTION: 'POLICY_YAML_REFUSED',
};

function wordsFor({ code, message, pos }: Complaint, text: string): string {
  const written = quote(text.slice(pos[0], pos[1]).split('\n', 1)[0] ?? '');
  switch (code) {
    case 'DUPLICATE_KEY':
      return `the key ${quote(/^[^:\n]*/.exec(text.slice(pos[0], pos[0] + 200))?.[0] ?? '')} is written twice`;
    case 'TAG_RESOLVE_FAILED':
      return `the tag ${written} is not accepted; a policy is plain data`;
    case 'TAB_AS_INDENT':
      return 'a tab is used as indentation; YAML wants spaces';
    case 'NON_STRING_KEY':
      return 'a key must be plain text, not a list or a map';
    default:
      return `not YAML: ${othersWords(message)}${text.slice(pos[0]).startsWith('*') ? '; a text that begins with "*" must stand in quotes' : ''}`;
  }
}

/** Plain data from nodes. As there are no aliases, it is no larger than the text. */
function treeOf(document: Document.Parsed, lines: LineCounter): PolicyTree {
  const keys = new Map<string, Place>();
  const values = new Map<string, Place>();

  const plain = (node: Node | null, path: readonly PropertyKey[], around: number): JsonValue => {
    const offset = node?.range?.[0] ?? around;
    if (path.length > DEEPEST) throw tooDeep(offset);
    values.set(keyOf(path), placeAt(lines, offset));
    if (node === null) return null;
    if (isAlias(node)) {
      throw new Refused(
        offset,
        `the alias ${quote(`*${node.source}`)} is not accepted: write it out, or put it in quotes if it is text`,
      );
    }
    if (node.tag !== undefined)
      throw new Refused(
        offset,
        `the tag ${quote(node.tag.replace('tag:yaml.org,2002:', '!!'))} is not accepted; a policy is plain data`,
      );
    if (isMap(node)) return Object.fromEntries(node.items.map((pair) => entry(pair, path, offset)));
    if (isSeq(node)) return node.items.map((item, index) => plain(asNode(item), [...path, index], offset));
    return isScalar(node) ? scalar(node.value, node.source ?? '', offset) : null;
  };

  const entry = (pair: Pair, path: readonly PropertyKey[], around: number): [string, JsonValue] => {
    const key = asNode(pair.key);
    const offset = key?.range?.[0] ?? around;
    if (!isScalar(key) || typeof key.value !== 'string') throw new Refused(offset, 'a key must be plain text');
    if (key.value === '<<') throw new Refused(offset, 'merge keys (<<) are not accepted; write the keys out');
    if (key.value === '__proto__') throw new Refused(offset, 'the key "__proto__" is not accepted');
    wellFormed(key.value, offset);
    keys.set(keyOf([...path, key.value]), placeAt(lines, offset));
    return [key.value, plain(asNode(pair.value), [...path, key.value], key.range?.[1] ?? offset)];
  };

  const value = plain(document.contents, [], 0);
  if (!isObject(value))
    throw new Refused(
      document.contents?.range?.[0] ?? 0,
      'a policy is a map of keys such as "policy:" and "rules:"',
      'POLICY_YAML_INVALID',
    );
  const nearest = (places: ReadonlyMap<string, Place>, path: readonly PropertyKey[]): Place => {
    for (let length = path.length; length >= 0; length--) {
      const key = keyOf(path.slice(0, length));
      const found = places.get(key) ?? values.get(key);
      if (found !== undefined) return found;
    }
    return { line: 1, column: 1 };
  };
  return { value, keyAt: (path) => nearest(keys, path), valueAt: (path) => nearest(values, path) };
}

function asNode(value: unknown): Node | null {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null;
}

function scalar(value: unknown, source: string, offset: number): JsonValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return wellFormed(value, offset);
  if (typeof value === 'number' && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)))
    return value;
  throw new Refused(
    offset,
    `${quote(source)} is not a number that can be kept exactly; put it in quotes if it is text`,
  );
}

/** Half of a surrogate pair has no canonical form, so it could be counted and compared by nobody. */
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
