import { CodedError } from './coded-error.ts';

/**
 * The canonical bytes of plain JSON data, as RFC 8785 has them, but strict: what JSON can't hold
 * (undefined, NaN, a lone surrogate, a Date, a Map) throws CANONICAL_JSON_REFUSED instead of
 * vanishing, because two different values must never share a digest.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$');
}

function write(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path);
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw refused(`the number ${value}`, path);
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return writeArray(value, path);
      return writeObject(value, path);
    default:
      throw refused(`a value of type ${typeof value}`, path);
  }
}

function writeString(text: string, path: string): string {
  if (!text.isWellFormed()) throw refused('a string with a lone surrogate', path);
  return JSON.stringify(text);
}

function writeArray(list: readonly unknown[], path: string): string {
  return `[${Array.from(list, (item, index) => write(item, `${path}[${index}]`)).join(',')}]`;
}

function writeObject(object: object, path: string): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) throw refused('an object that is not plain', path);
  const members = Object.entries(object)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, item]) => `${writeString(key, path)}:${write(item, `${path}.${key}`)}`);
  return `{${members.join(',')}}`;
}

function refused(what: string, path: string): CodedError {
  return new CodedError('CANONICAL_JSON_REFUSED', `canonical JSON can't hold ${what}`, { where: path });
}
