/**
 * True when plain data would be no longer than about `limit` bytes as JSON. Stops counting at the
 * limit, so that 100 MB cost no more than the limit does. A cycle counts as too large.
 */
export function isWithinSize(data: unknown, limit: number): boolean {
  let left = limit;
  const rest: unknown[] = [data];
  while (rest.length > 0) {
    const value = rest.pop();
    left -= 2;
    if (typeof value === 'string') left -= value.length;
    else if (Array.isArray(value)) pushAll(value);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        left -= key.length + 3;
        rest.push(item);
      }
    } else left -= 6;
    if (left < 0) return false;
  }
  return true;

  function pushAll(items: readonly unknown[]): void {
    left -= items.length;
    if (left >= 0) for (const item of items) rest.push(item);
  }
}
