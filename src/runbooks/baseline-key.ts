import * as z from 'zod';
import { THIS_MACHINE, type ScopePart } from '../domain/inventory-scope.ts';
import type { ComparedBaseline } from '../domain/runbook.ts';

const name = z.string().min(1);

/** What the sources of a cluster are told, and those of AWS: which of them it fits, they say themselves. */
const settings = z.strictObject({
  context: name.optional(),
  namespaces: z.array(name).optional(),
  excludeNamespaces: z.array(name).optional(),
  profiles: z.array(name).optional(),
  regions: z.array(name).optional(),
  mayBeMissing: z.boolean().optional(),
});

const sources = z.string().regex(/^[a-z]+\/[a-z*-]+$/);

/** `baseline: production`, or what it is of beside its name. */
export const baselineKey = z.union(
  [
    name,
    z.strictObject({
      name,
      of: z.array(z.union([sources, z.record(sources, settings.nullable())])).min(1),
    }),
  ],
  {
    error:
      'RUNBOOK_VALUE_INVALID "baseline" is a name, or a map of "name" and "of": a list of sources such as host/* or kubernetes/*: { context: production, namespaces: [shop] }',
  },
);

export function comparedBaseline(written: z.output<typeof baselineKey> | undefined): ComparedBaseline | null {
  if (written === undefined) return null;
  if (typeof written === 'string') return { name: written, of: THIS_MACHINE };
  return { name: written.name, of: written.of.flatMap(partsOf) };
}

function partsOf(entry: string | Readonly<Record<string, z.output<typeof settings> | null>>): readonly ScopePart[] {
  if (typeof entry === 'string') return [{ sources: entry, settings: {} }];
  return Object.entries(entry).map(([pattern, told]) => ({ sources: pattern, settings: settingsOf(told) }));
}

function settingsOf(told: z.output<typeof settings> | null): ScopePart['settings'] {
  const { context, namespaces, excludeNamespaces, profiles, regions, mayBeMissing } = told ?? {};
  return {
    ...(context === undefined ? {} : { context }),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(excludeNamespaces === undefined ? {} : { excludeNamespaces }),
    ...(profiles === undefined ? {} : { profiles }),
    ...(regions === undefined ? {} : { regions }),
    ...(mayBeMissing === undefined ? {} : { mayBeMissing }),
  };
}
