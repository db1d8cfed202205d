import { matchesGlob } from '../../domain/glob.ts';

export interface NamespaceChoice {
  /** The namespaces to list one by one; null: all are listed together. */
  readonly names: readonly string[] | null;
  readonly partial: boolean;
  includes(namespace: string): boolean;
}

/** More are cheaper to list together. */
const ONE_BY_ONE_AT_MOST = 20;

/** Namespaces that are named are listed one by one, so that rights in these are enough. */
export function namespaceChoice(wanted: readonly string[], excluded: readonly string[]): NamespaceChoice {
  const includes = (namespace: string): boolean =>
    (wanted.length === 0 || wanted.some((pattern) => matchesGlob(pattern, namespace))) &&
    !excluded.some((pattern) => matchesGlob(pattern, namespace));
  const areNames = wanted.length > 0 && wanted.every((name) => !name.includes('*'));
  return {
    names: areNames && wanted.length <= ONE_BY_ONE_AT_MOST ? [...new Set(wanted)].filter(includes) : null,
    partial: wanted.length > 0 || excluded.length > 0,
    includes,
  };
}
