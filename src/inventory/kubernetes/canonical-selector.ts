import type { LabelSelector } from '../../providers/kubernetes/reader.ts';
import { sortedSet } from './scan.ts';

/** A selector as a set of requirements, as kubectl writes them: `app=web`, `tier in (a,b)`. null: it selects nothing. */
export function canonicalSelector(selector: LabelSelector | undefined): string[] | null {
  if (selector === undefined) return null;
  return sortedSet([
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(selector.matchExpressions ?? []).map(({ key, operator, values }) => expression(key, operator, values ?? [])),
  ]);
}

function expression(key: string, operator: string, values: readonly string[]): string {
  const all = sortedSet(values);
  switch (operator) {
    case 'In':
      return all.length === 1 ? `${key}=${all.join('')}` : `${key} in (${all.join(',')})`;
    case 'NotIn':
      return `${key} notin (${all.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return `${key} ${operator} (${all.join(',')})`;
  }
}
