const SINCE =
  /,?\s*\bsince (?:(?:the|my|our|your) )?(?:last|previous) (?:check|beat|heartbeat|time|look|run|poll|question|report)\b(?: ?(?:i|we) (?:asked|checked|looked))?\b,?/i;

/** A question without its "since last check", which is about who asks and not about what is asked. */
export function withoutSince(question: string): { readonly text: string; readonly asksSince: boolean } {
  const asksSince = SINCE.test(question);
  return { text: asksSince ? question.replace(SINCE, '').trim() : question, asksSince };
}
