import { strengthOfName } from './key-name.ts';
import { isStandIn } from './ordinary.ts';

interface Means {
  readonly text: (input: string) => string;
  /** The placeholder of a secret that is condemned whole. */
  readonly mask: (secret: string) => string;
}

/** Deeper data is withheld: ours is not that deep, and a reader's stack is not without end. */
const DEEPEST = 64;
const TOO_DEEP = '[withheld: nested too deeply]';
const CYCLE = '[withheld: refers to itself]';
const NOT_DATA = '[withheld: not plain data]';

/** A deep copy of plain JSON data without its secrets: strings in it by their text and by the name over them. */
export function redactData(input: unknown, means: Means): unknown {
  return copy(input, null, means, []);
}

/** `name` is that of the nearest object key over `value`; null at the top. */
function copy(value: unknown, name: string | null, means: Means, over: readonly object[]): unknown {
  if (typeof value === 'string') return copyString(value, name, means);
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || value === undefined) return value;
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'object') return NOT_DATA;
  if (over.includes(value)) return CYCLE;
  if (over.length >= DEEPEST) return TOO_DEEP;
  const within = [...over, value];
  if (Array.isArray(value)) return copyArray(value, name, means, within);
  if (value instanceof Date) return new Date(value);
  return isPlain(value) ? copyObject(value, name, means, within) : NOT_DATA;
}

function copyString(value: string, name: string | null, means: Means): string {
  if (name !== null && condemns(name) && !isStandIn(value)) return isMasked(value) ? value : means.mask(value);
  if (name === null || strengthOfName(name) !== 'possible') return means.text(value);
  const prefix = `${name}: `;
  const redacted = means.text(`${prefix}${value}`);
  return redacted.startsWith(prefix) ? redacted.slice(prefix.length) : means.text(value);
}

function condemns(name: string): boolean {
  const strength = strengthOfName(name);
  return strength === 'password' || strength === 'secret';
}

function isMasked(value: string): boolean {
  return /^(?:\[secret:[0-9a-f]{6}\]\s*)+$/.test(value);
}

/** A header as `[name, value]`, or a list whose strings stand under the list's own name. */
function copyArray(items: readonly unknown[], name: string | null, means: Means, over: readonly object[]): unknown[] {
  const [first, second] = items;
  if (items.length === 2 && typeof first === 'string' && typeof second === 'string' && condemns(first)) {
    return [means.text(first), copyString(second, first, means)];
  }
  return items.map((item) => copy(item, name, means, over));
}

function copyObject(value: object, name: string | null, means: Means, over: readonly object[]): object {
  const entries = Object.entries(value);
  const copied: object = Object.getPrototypeOf(value) === null ? Object.create(null) : {};
  for (const [key, item] of entries) {
    Object.defineProperty(copied, means.text(key), {
      value: copy(item, nameOver(value, key, name), means, over),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copied;
}

/** The name that says what the string under `key` is: a sibling's (`{name: 'DB_PASSWORD', value}`), a Secret's data, or its own. */
function nameOver(object: object, key: string, name: string | null): string {
  if (isSecretData(name)) return SECRET_DATA;
  if (isSecretManifest(object) && (key === 'data' || key === 'stringData')) return SECRET_DATA;
  if (VALUE_KEYS.has(key.toLowerCase())) {
    const sibling = siblingName(object);
    if (sibling !== null) return sibling;
    if (name !== null) return name;
  }
  return key;
}

const VALUE_KEYS: ReadonlySet<string> = new Set([
  'value',
  'val',
  'values',
  'default',
  'defaultvalue',
  'stringvalue',
  'plainvalue',
]);
const NAME_KEYS = ['name', 'Name', 'key', 'Key', 'NAME', 'variable', 'header'] as const;

function siblingName(object: object): string | null {
  for (const key of NAME_KEYS) {
    const name: unknown = Object.getOwnPropertyDescriptor(object, key)?.value;
    if (typeof name === 'string') return name;
  }
  return null;
}

/** Stands for a name that condemns everything under it. */
const SECRET_DATA = 'kubernetes-secret';

function isSecretData(name: string | null): boolean {
  return name === SECRET_DATA;
}

function isSecretManifest(object: object): boolean {
  return Object.getOwnPropertyDescriptor(object, 'kind')?.value === 'Secret';
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
