/** RFC 3339 in UTC, as contracts.md wants every time. */
export function time(ms: number): string {
  return new Date(ms).toISOString();
}
