import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, visit } from 'yaml';
import { excerpt } from '../domain/excerpt.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Place } from '../domain/mistake.ts';
import { Refused } from './refusal.ts';
import type { YamlRules } from './yaml-rules.ts';

/** Plain data with the place of every key and value in the file. */
export interface YamlTree {
  readonly value: JsonObject;
  /** The key at `path`; of its nearest ancestor when it is not written. */
  keyAt(path: readonly PropertyKey[]): Place;
  /** The value at `path`; of its nearest ancestor when it is not written. */
  valueAt(path: readonly PropertyKey[]): Place;
}

/** A document as plain data, or Refused for what is not. */
export function treeOf(
  document: Document.Parsed | null,
  rules: YamlRules,
  placeAt: (offset: number) => Place,
): YamlTree {
  const { keys, values, value } = new Plain(document, rules, placeAt);
  const nearest = (places: ReadonlyMap<string, Place>, path: readonly PropertyKey[]): Place => {
    for (let length = path.length; length >= 0; length--) {
      const key = keyOf(path.slice(0, length));
      const found = places.get(key) ?? values.get(key);
      if (found !== undefined) return found;
    }
    return placeAt(0);
  };
  const shape = `a ${rules.noun} is a map of keys such as ${rules.keys}`;
  if (value === null && !rules.mayBeEmpty) throw new Refused(0, `there is nothing here; ${shape}`, 'invalid');
  const map = value ?? {};
  if (!isObject(map))
    throw new Refused(document?.contents?.range?.[0] ?? 0, `${shape}, not a list or a text`, 'invalid');
  return { value: map, keyAt: (path) => nearest(keys, path), valueAt: (path) => nearest(values, path) };
}

/** Plain data from nodes, counting every copy that an alias makes. */
class Plain {
  readonly keys = new Map<string, Place>();
  readonly values = new Map<string, Place>();
  readonly value: JsonValue;
  readonly #targets: ReadonlyMap<Node, Node>;
  readonly #rules: YamlRules;
  readonly #placeAt: (offset: number) => Place;
  #count = 0;

  constructor(document: Document.Parsed | null, rules: YamlRules, placeAt: (offset: number) => Place) {
    this.#rules = rules;
    this.#placeAt = placeAt;
    this.#targets = document === null ? new Map() : targetsOf(document);
    this.value = this.#from(document?.contents ?? null, [], 0);
  }

  #from(node: Node | null, path: readonly PropertyKey[], around: number): JsonValue {
    const offset = node?.range?.[0] ?? around;
    const { levels, pieces } = this.#rules.most;
    // A value that is written out takes two pieces, so that more of them are copies.
    const most = Math.ceil(pieces / 2);
    this.#count += 1;
    if (this.#count > most) throw new Refused(offset, `aliases make this more than ${most} values`);
    // What is written out is not that deep: its tokens were looked at.
    if (path.length >= levels)
      throw new Refused(offset, `nested deeper than ${levels} levels; an alias may point at itself`);
    this.values.set(keyOf(path), this.#placeAt(offset));
    if (node === null) return null;
    if (isAlias(node)) return this.#from(this.#target(node, offset), path, offset);
    if (node.tag !== undefined) {
      const tag = excerpt(node.tag.replace('tag:yaml.org,2002:', '!!'));
      throw new Refused(offset, `the tag ${tag} is not accepted; a ${this.#rules.noun} is plain data`);
    }
    if (isMap(node)) return Object.fromEntries(node.items.map((pair) => this.#entry(pair, path, offset)));
    if (isSeq(node)) return node.items.map((item, index) => this.#from(asNode(item), [...path, index], offset));
    return isScalar(node) ? scalar(node.value, node.source ?? '', offset) : null;
  }

  #target(alias: Alias, offset: number): Node {
    if (this.#rules.aliases === 'refused') {
      const written = excerpt(`*${alias.source}`);
      throw new Refused(
        offset,
        `the alias ${written} is not accepted: write it out, or put it in quotes if it is text`,
      );
    }
    const target = this.#targets.get(alias);
    if (target !== undefined) return target;
    const written = excerpt(alias.source);
    throw new Refused(offset, `the alias ${written} points at nothing above it; put it in quotes if it is text`);
  }

  #entry(pair: Pair, path: readonly PropertyKey[], around: number): [string, JsonValue] {
    const key = asNode(pair.key);
    const offset = key?.range?.[0] ?? around;
    if (!isScalar(key) || typeof key.value !== 'string') throw new Refused(offset, 'a key must be plain text');
    if (key.value === '<<') throw new Refused(offset, 'merge keys (<<) are not accepted; write the keys out');
    if (key.value === '__proto__') throw new Refused(offset, 'the key "__proto__" is not accepted');
    const inside = [...path, wellFormed(key.value, offset)];
    this.keys.set(keyOf(inside), this.#placeAt(offset));
    return [key.value, this.#from(asNode(pair.value), inside, key.range?.[1] ?? offset)];
  }
}

/**
 * What each alias stands for: the last node before it that bears its anchor. Found in one walk, as asking each alias
 * walks through the document once more: nine thousand of them cost five seconds.
 */
function targetsOf(document: Document.Parsed): ReadonlyMap<Node, Node> {
  const anchored = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  visit(document, {
    Alias: (_, alias) => {
      const target = anchored.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchored.set(node.anchor, node);
    },
  });
  return targets;
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
    `${excerpt(source)} is not a number that can be kept exactly; put it in quotes if it is text`,
  );
}

/** Half of a surrogate pair (\ud800) has no canonical form, so it could be counted and compared by nobody. */
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
