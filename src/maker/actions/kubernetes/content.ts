import { digestOf, type Digest } from '../../../domain/digest.ts';
import { fieldsAt, isFields, type Fields, wordOf } from './object-fields.ts';

/** What somebody wrote of an object: no status, and of its metadata labels and annotations only. */
export function contentOf(object: Fields): Fields {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, status: _status, ...own } = object;
  return {
    ...own,
    labels: fieldsAt(object, 'metadata', 'labels'),
    annotations: fieldsAt(object, 'metadata', 'annotations'),
  };
}

export function contentDigest(content: Fields): Digest {
  return digestOf('kubernetes-content', content);
}

/** One value that differs; absent on one side where it is new or taken away. */
export interface ContentChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two contents differ, leaf by leaf; items of a list are told by their name where all have one. */
export function changesBetween(before: unknown, after: unknown, path = ''): readonly ContentChange[] {
  if (isFields(before) && isFields(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return keys.flatMap((key) => changesBetween(before[key], after[key], path === '' ? key : `${path}${step(key)}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [from, to] = [keyed(before), keyed(after)];
    const keys = [...new Set([...from.keys(), ...to.keys()])];
    return keys.flatMap((key) => changesBetween(from.get(key), to.get(key), `${path}[${key}]`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function step(key: string): string {
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function keyed(list: readonly unknown[]): ReadonlyMap<string, unknown> {
  const names = list.map((item) => (isFields(item) && typeof item['name'] === 'string' ? item['name'] : null));
  const areNamed = names.every((name) => name !== null) && new Set(names).size === names.length;
  return new Map(list.map((item, index) => [areNamed ? (names[index] ?? '') : wordOf(index), item]));
}

const LINE_AT_MOST = 200;
/** Where values may be secrets, only that they changed is told. */
const WITHHELD = /(^|\.)(data|binaryData)[.[]|\.env\[|\.(args|command)(\[|$)/;

export function changeLines(changes: readonly ContentChange[], mostLines: number): readonly string[] {
  const lines = changes.slice(0, mostLines).flatMap((change) => linesOf(change));
  const more = changes.length - mostLines;
  return more > 0 ? [...lines, `… and ${more} more fields`] : lines;
}

function linesOf({ path, before, after }: ContentChange): readonly string[] {
  if (WITHHELD.test(path)) {
    const how = before === undefined ? 'is added' : after === undefined ? 'is taken away' : 'is changed';
    return [`~${path} ${how} (its value is not shown)`];
  }
  return [
    ...(before === undefined ? [] : [`-${path}: ${shown(before)}`]),
    ...(after === undefined ? [] : [`+${path}: ${shown(after)}`]),
  ];
}

/** A whole part may hold such a value deeper down. */
function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const isOpen = !/"(env|data|binaryData|args|command)":/.test(JSON.stringify(value));
    if (!isOpen) return '(a part, whose values are not shown)';
  }
  const text = JSON.stringify(value) ?? '';
  return text.length > LINE_AT_MOST ? `${text.slice(0, LINE_AT_MOST)}…` : text;
}
