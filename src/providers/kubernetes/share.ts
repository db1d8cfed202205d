import { isRecord } from './call.ts';

/** Makes objects that are much alike hold what is the same in them once. */
export interface Sharer {
  /**
   * `value` with every part that is deeply equal to the same part of `known` replaced by it; `known` itself when all of
   * it is. In place: `value` was parsed a moment ago and belongs to nobody else; `known` is only read. Nothing is ever
   * replaced by what is merely similar: what differs in one leaf keeps its own way down to it.
   */
  share(known: unknown, value: unknown): unknown;
}

/**
 * Objects of one list are much alike (the pods of a template differ in a name and some times), so each one after the
 * first holds little that is its own. Texts that differ from the one before are looked for among those seen lately:
 * nodes and times come again.
 */
export function createSharer(): Sharer {
  const lately = Array.from({ length: 4_096 }, () => '');
  const share = (known: unknown, value: unknown): unknown => {
    if (typeof value === 'string') return known === value ? known : sameOf(lately, value);
    if (known === value) return known;
    if (Array.isArray(value)) return Array.isArray(known) ? shareList(known, value) : value;
    return isRecord(known) && isRecord(value) ? shareMap(known, value) : value;
  };
  const shareList = (known: readonly unknown[], value: unknown[]): unknown => {
    let isSame = known.length === value.length;
    const length = Math.min(known.length, value.length);
    for (let index = 0; index < length; index += 1) {
      const part = share(known[index], value[index]);
      value[index] = part;
      if (part !== known[index]) isSame = false;
    }
    return isSame ? known : value;
  };
  const shareMap = (known: Parts, value: Parts): unknown => {
    let isSame = true;
    let keys = 0;
    for (const key in value) {
      keys += 1;
      const other = known[key];
      // `__proto__`, which JSON may have as a key like any other, would be read from what every object has.
      if (other === undefined || key === '__proto__') {
        isSame = false;
        continue;
      }
      const part = share(other, value[key]);
      value[key] = part;
      if (part !== other) isSame = false;
    }
    return isSame && keys === Object.keys(known).length ? known : value;
  };
  return { share };
}

type Parts = Record<string, unknown>;

/** The same text where it was seen lately; else this one, from now on. */
function sameOf(lately: string[], text: string): string {
  const { length } = text;
  if (length < 12 || length > 128) return text;
  let hash = length;
  for (let index = length - 10; index < length; index += 1) hash = (hash * 31 + text.charCodeAt(index)) | 0;
  const place = hash & 4_095;
  const known = lately[place];
  if (known === text) return known;
  lately[place] = text;
  return text;
}
