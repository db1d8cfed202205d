import { CodedError } from './coded-error.ts';

/**
 * The canonical bytes of plain JSON data, as RFC 8785 has them, but strict: what JSON can't hold
 * (undefined, NaN, a lone surrogate, a Date, a Map) throws CANONICAL_JSON_REFUSED instead of
 * vanishing, because two different values must never share a digest.
 */
export function canonicalJson(value: unknown): string {
  return write(value, []);
}

/** Where in the value one is: made into words only for what is refused. */
type Trail = (string | number)[];

function write(value: unknown, trail: Trail): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, trail);
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw refused(`the number ${value}`, trail);
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return writeArray(value, trail);
      return writeObject(value, trail);
    default:
      throw refused(`a value of type ${typeof value}`, trail);
  }
}

function writeString(text: string, trail: Trail): string {
  if (!text.isWellFormed()) throw refused('a string with a lone surrogate', trail);
  return JSON.stringify(text);
}

function writeArray(list: readonly unknown[], trail: Trail): string {
  const items: string[] = [];
  for (let index = 0; index < list.length; index += 1) items.push(writeAt(list[index], index, trail));
  return `[${items.join(',')}]`;
}

function writeObject(object: object, trail: Trail): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) throw refused('an object that is not plain', trail);
  const members = Object.entries(object)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, item]) => `${writeString(key, trail)}:${writeAt(item, key, trail)}`);
  return `{${members.join(',')}}`;
}

function writeAt(item: unknown, step: string | number, trail: Trail): string {
  trail.push(step);
  const text = write(item, trail);
  trail.pop();
  return text;
}

function refused(what: string, trail: Trail): CodedError {
  const where = trail.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return new CodedError('CANONICAL_JSON_REFUSED', `canonical JSON can't hold ${what}`, { where: `$${where}` });
}
