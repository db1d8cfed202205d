/**
 * True when everything that `narrow` stands for, `wide` stands for as well: both may hold `*` (any characters, none too) and
 * `?` (one). It never says so where it is not so; by `covers(pattern, text)` a text without wildcards fits a pattern.
 */
export function covers(wide: string, narrow: string): boolean {
  // Of the narrow one a wildcard is a character: what fits whatever stands there fits all that it can stand for.
  let [at, from] = [0, 0];
  let [star, resume] = [-1, 0];
  while (from < narrow.length) {
    const [mine, its] = [wide[at], narrow[from]];
    if (mine === '*') {
      [star, resume] = [at, from];
      at += 1;
    } else if (mine !== undefined && (mine === its || (mine === '?' && its !== '*'))) {
      at += 1;
      from += 1;
    } else if (star !== -1) {
      resume += 1;
      [at, from] = [star + 1, resume];
    } else return false;
  }
  while (wide[at] === '*') at += 1;
  return at === wide.length;
}

/** True when there is something that both patterns stand for. */
export function overlap(one: string, other: string): boolean {
  // reached[j]: what was read of `one` can be what was read of the first j characters of `other`.
  let reached = Array.from({ length: other.length + 1 }, (_, j) => /^\**$/.test(other.slice(0, j)));
  for (const mine of one) {
    const before = reached;
    reached = [mine === '*' && before[0] === true];
    for (let j = 1; j <= other.length; j += 1) {
      const its = other[j - 1];
      const isPassed =
        mine === '*' || its === '*'
          ? before[j] === true || reached[j - 1] === true || before[j - 1] === true
          : before[j - 1] === true && (mine === its || mine === '?' || its === '?');
      reached.push(isPassed);
    }
  }
  return reached[other.length] === true;
}

/** What both patterns stand for, as far as one of them says it; `exact` is false where it is less than what is returned. */
export function meet(one: string, other: string): { readonly pattern: string; readonly exact: boolean } | null {
  if (covers(one, other)) return { pattern: other, exact: true };
  if (covers(other, one)) return { pattern: one, exact: true };
  return overlap(one, other) ? { pattern: one, exact: false } : null;
}
