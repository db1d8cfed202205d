import type { Evidence } from '../domain/check.ts';
import type { JsonValue } from '../domain/json.ts';
import { printable } from '../domain/printable.ts';

/** What evidence is made of: names of files and words of servers among it. */
type Fact = string | number | boolean | readonly string[] | null;

/**
 * Evidence from one source: `[label, value]` pairs, of which those without a value are left out.
 * What can not be seen in a name is escaped here, as evidence is read by people.
 */
export function evidenceFrom(source: string, ...facts: readonly (readonly [label: string, value: Fact])[]): Evidence[] {
  return facts.flatMap(([label, value]) =>
    value === null ? [] : [{ label, value: shown(value), source: printable(source) }],
  );
}

function shown(value: Exclude<Fact, null>): JsonValue {
  if (typeof value === 'string') return printable(value);
  return typeof value === 'object' ? value.map(printable) : value;
}
