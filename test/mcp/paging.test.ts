import { expect, it } from 'vitest';
import { pageOf } from '../../src/mcp/paging.ts';
import { codeOf } from '../support/errors.ts';

const LETTERS = ['a', 'b', 'c', 'd', 'e'];

it.each([
  [1, [['a'], ['b'], ['c'], ['d'], ['e']]],
  [2, [['a', 'b'], ['c', 'd'], ['e']]],
  [5, [LETTERS]],
  [200, [LETTERS]],
])('by %i at a time, each row is on one page and the last page names no other', (limit, pages) => {
  const seen: (readonly string[])[] = [];
  let page: string | undefined;
  do {
    const { rows, total, nextPage } = pageOf(LETTERS, { limit, page });
    expect(total).toBe(5);
    seen.push(rows);
    page = nextPage ?? undefined;
  } while (page !== undefined);
  expect(seen).toEqual(pages);
});

it('of nothing there is one page, and it is empty', () => {
  expect(pageOf([], { limit: 50 })).toEqual({ rows: [], total: 0, nextPage: null });
});

it('a page beyond the end, as when rows went away meanwhile, is empty and the last', () => {
  const { nextPage } = pageOf(LETTERS, { limit: 4 });
  expect(pageOf(['a'], { limit: 4, page: nextPage ?? '' })).toEqual({ rows: [], total: 1, nextPage: null });
});

it.each([
  '',
  '2',
  'from',
  'from-',
  'from--1',
  'from-1.5',
  'from-1e3',
  'from-0x2',
  'FROM-2',
  ' from-2',
  'from-2\n',
  'from-1234567890',
  'from-Infinity',
])('the page %j is none that an answer named', (page) => {
  expect(codeOf(() => pageOf(LETTERS, { limit: 2, page }))).toBe('USAGE');
});
