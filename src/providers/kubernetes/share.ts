/**
 * `value` with every part that is deeply equal to the same part of `known` replaced by it; `known` itself when all of it
 * is. Objects of one list are much alike (the pods of a template differ in a name and some times), so each one after the
 * first holds little that is its own. In place: `value` was parsed a moment ago and belongs to nobody else; `known` is
 * only read. Never replaced by something that is merely similar: what differs in one leaf keeps its own way down to it.
 */
export function sharing(known: unknown, value: unknown): unknown {
  if (known === value) return known;
  if (typeof known !== 'object' || typeof value !== 'object' || known === null || value === null) return value;
  if (Array.isArray(value)) return Array.isArray(known) ? sharingList(known, value) : value;
  return Array.isArray(known) ? value : sharingMap(known as Parts, value as Parts);
}

type Parts = Record<string, unknown>;

function sharingList(known: readonly unknown[], value: unknown[]): unknown {
  let isSame = known.length === value.length;
  const length = Math.min(known.length, value.length);
  for (let index = 0; index < length; index += 1) {
    const part = sharing(known[index], value[index]);
    if (part === known[index]) value[index] = part;
    else isSame = false;
  }
  return isSame ? known : value;
}

function sharingMap(known: Parts, value: Parts): unknown {
  let isSame = true;
  let keys = 0;
  for (const key in value) {
    keys += 1;
    const own = value[key];
    const other = known[key];
    // `__proto__`, which JSON may have as a key like any other, would be read from what every object has.
    if (other === undefined || key === '__proto__') isSame = false;
    else if (own === other && typeof own !== 'string') continue;
    else {
      const part = sharing(other, own);
      if (part === other) value[key] = part;
      else isSame = false;
    }
  }
  return isSame && keys === Object.keys(known).length ? known : value;
}
