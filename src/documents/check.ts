import type { Check } from '../domain/check.ts';
import type { JsonObject } from '../domain/json.ts';

/** A check of the catalogue, as every door shows it. `params`: JSON Schema of its parameters. */
export function checkDocument({ check, params }: { readonly check: Check; readonly params: JsonObject | null }) {
  const { id, title, description, standalone, timeoutMs, aliases } = check;
  return { id, title, description, standalone, timeoutMs, aliases: [...(aliases ?? [])], params };
}
