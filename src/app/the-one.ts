import { CodedError } from '../domain/coded-error.ts';

/** The only thing that an id or its prefix fits: NOT_FOUND when there is none, AMBIGUOUS when there are several. */
export function theOne<T extends { readonly id: string }>(noun: 'finding' | 'run', id: string, found: readonly T[]): T {
  const [first, ...others] = found;
  if (first === undefined) {
    throw new CodedError('NOT_FOUND', `there is no ${noun} "${id}"`, { next: `holdfast ${noun}s lists them` });
  }
  if (others.length > 0 && !found.some((item) => item.id === id)) {
    const ids = found.slice(0, 5).map((item) => item.id);
    throw new CodedError('AMBIGUOUS', `"${id}" fits ${found.length} ${noun}s: ${ids.join(', ')}`, {
      next: 'write more of the id',
    });
  }
  return found.find((item) => item.id === id) ?? first;
}
