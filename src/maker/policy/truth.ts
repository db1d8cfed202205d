/** What is known of a clause: it holds, it does not, or (null) nobody can know. */
export type Truth = boolean | null;

/** Known to hold as soon as one does; not known as soon as one is not and none holds. None at all holds nothing. */
export function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(null) ? null : false;
}

/** What is not known stays not known. */
export function negate(truth: Truth): Truth {
  return truth === null ? null : !truth;
}
