/** True when a path fits a pattern: `*` stands for anything within one name, `**` for anything at all. */
export function fitsPattern(path: string, pattern: string): boolean {
  return fits(
    path,
    0,
    pattern.split(/(\*\*|\*)/).filter((part) => part !== ''),
    0,
    new Set(),
  );
}

/** `refuted` remembers what was tried in vain, so that many stars don't multiply the work. */
function fits(path: string, at: number, parts: readonly string[], next: number, refuted: Set<number>): boolean {
  const part = parts[next];
  if (part === undefined) return at === path.length;
  const key = at * (parts.length + 1) + next;
  if (refuted.has(key)) return false;
  const found =
    part === '*' || part === '**'
      ? fitsStar(path, at, parts, next, refuted)
      : path.startsWith(part, at) && fits(path, at + part.length, parts, next + 1, refuted);
  if (!found) refuted.add(key);
  return found;
}

function fitsStar(path: string, at: number, parts: readonly string[], next: number, refuted: Set<number>): boolean {
  for (let end = at; end <= path.length; end += 1) {
    if (fits(path, end, parts, next + 1, refuted)) return true;
    if (parts[next] === '*' && path[end] === '/') return false;
  }
  return false;
}
