import * as z from 'zod';
import { CodedError } from '../domain/coded-error.ts';

/** What a tool that lists takes. */
export const pageInput = {
  limit: z.int().min(1).max(200).default(50).describe('How many at most'),
  page: z.string().max(40).optional().describe('`nextPage` of the answer before'),
};

/** What it says beside its rows. */
export const pageOutput = {
  total: z.int().describe('How many there are in all'),
  nextPage: z.string().nullable().describe('Give it as `page` for the rest; null: this is the end'),
};

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly nextPage: string | null;
}

/** USAGE for a page that none of our answers named. */
export function pageOf<Row>(
  all: readonly Row[],
  { limit, page }: { readonly limit: number; readonly page?: string | undefined },
): Page<Row> {
  const from = page === undefined ? 0 : Number(/^from-(\d{1,9})$/.exec(page)?.[1] ?? Number.NaN);
  if (Number.isNaN(from))
    throw new CodedError('USAGE', 'page: is not one that an answer named', { next: 'leave `page` out to begin anew' });
  const rows = all.slice(from, from + limit);
  const next = from + rows.length;
  return { rows, total: all.length, nextPage: next < all.length ? `from-${next}` : null };
}
