/**
 * Pairs of letters that make up 95 % of those in ordinary technical English (counted over the
 * documentation of a Debian system and of npm packages): for each first letter its followers.
 * Words are made of them; a random string has only every third pair in common with them.
 */
const FOLLOWERS: Readonly<Record<string, string>> = {
  a: 'bcdgiklmnprstuvy',
  b: 'aeijloru',
  c: 'acehiklortu',
  d: 'adeiorsu',
  e: 'abcdefgilmnpqrstvwxy',
  f: 'aefiortu',
  g: 'aehinorsu',
  h: 'aeiort',
  i: 'abcdefglmnoprstvxz',
  j: 'e',
  k: 'aeis',
  l: 'adeilostuy',
  m: 'abeimopsu',
  n: 'acdefgiklnostuvy',
  o: 'bcdfgilmnoprstuvw',
  p: 'aeiloprstuy',
  q: 'u',
  r: 'acdegiklmnorstuvy',
  s: 'acehiopstuy',
  t: 'acehiloprstuwy',
  u: 'abcdegilmnprst',
  v: 'aeio',
  w: 'aehinor',
  x: 'ept',
  y: 'ops',
  z: 'e',
};

const COMMON = new Uint8Array(32 * 32);
for (const [first, followers] of Object.entries(FOLLOWERS)) {
  for (const second of followers) COMMON[(first.charCodeAt(0) & 31) * 32 + (second.charCodeAt(0) & 31)] = 1;
}

/** True when two ASCII letters (of either case) often stand beside one another in words. */
export function isCommonPair(first: number, second: number): boolean {
  return COMMON[(first & 31) * 32 + (second & 31)] === 1;
}
