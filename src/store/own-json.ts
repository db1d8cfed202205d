/**
 * What this program wrote itself, read again. It was redacted before it was written, and either nothing but a report
 * rests on it, or a keyed code proved it first (plans.ts): so it is trusted as it is, in this one place.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows what it wrote
export function ownJson<T>(text: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return JSON.parse(String(text)) as T;
}
