import { isRecord, jsonOf } from './call.ts';
import { withoutManagedFields } from './managed-fields.ts';

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next one begins; null for the last. */
  readonly token: string | null;
}

/**
 * What `take` makes of each item of a page; null for what is no list (a Status, a page of a proxy): that is not an empty
 * one. Items are made into text and parsed one by one where they are written as API servers write them: what is parsed
 * at once from a long text goes where V8 keeps what lives long, and a page is gone at once. Otherwise, all together.
 * `json` is used up.
 */
export function pageOf<Item>(json: Buffer, take: (item: unknown) => Item): Page<Item> | null {
  const slim = withoutManagedFields(json);
  return oneByOne(slim, take) ?? allTogether(slim, take);
}

function allTogether<Item>(json: Buffer, take: (item: unknown) => Item): Page<Item> | null {
  const list = jsonOf(json.toString('utf8'));
  if (!isRecord(list) || !isRecord(list['metadata'])) return null;
  const { kind, items } = list;
  if (Array.isArray(items)) return { items: items.map((item) => take(item)), token: tokenOf(list) };
  // The items of an empty list may be `null`.
  const isEmpty = (items ?? null) === null && typeof kind === 'string' && kind.endsWith('List');
  return isEmpty ? { items: [], token: tokenOf(list) } : null;
}

const ITEMS = Buffer.from('"items":[');
/** How the next item begins. Something inside of an item may begin so too: then what is before it is not whole. */
const NEXT = Buffer.from(',{"metadata":{');

/**
 * null: not written so. What was cut out and parses was one whole item, as no beginning of a map is a map; and inside a
 * string neither mark can stand, as its quotes would be escaped there.
 */
function oneByOne<Item>(json: Buffer, take: (item: unknown) => Item): Page<Item> | null {
  const start = json.indexOf(ITEMS) + ITEMS.length;
  const end = json.lastIndexOf(']');
  if (start < ITEMS.length || end < start) return null;
  const list = jsonOf(json.toString('utf8', 0, start) + json.toString('utf8', end));
  if (!isRecord(list) || !isRecord(list['metadata']) || !isEmptyList(list['items'])) return null;
  const items: Item[] = [];
  for (let from = start; from < end; ) {
    const item = itemAt(json, from, end);
    if (item === null) return null;
    items.push(take(item.value));
    from = item.end + 1;
  }
  return { items, token: tokenOf(list) };
}

function itemAt(json: Buffer, from: number, end: number): { readonly value: unknown; readonly end: number } | null {
  for (let mark = from; ; ) {
    const next = json.indexOf(NEXT, mark + 1);
    mark = next === -1 || next > end ? end : next;
    const value = jsonOf(json.toString('utf8', from, mark));
    if (value !== undefined) return { value, end: mark };
    if (mark === end) return null;
  }
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function tokenOf(list: Record<string, unknown>): string | null {
  const token = isRecord(list['metadata']) ? list['metadata']['continue'] : undefined;
  return typeof token === 'string' && token !== '' ? token : null;
}
