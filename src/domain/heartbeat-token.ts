/** What a model answers when its HEARTBEAT.md asks for nothing. */
export const HEARTBEAT_TOKEN = 'HEARTBEAT_OK';

/** A reply that holds the token and at most this many characters more counts as the token alone. */
export const ACK_MAX_CHARS = 300;

export interface StrippedReply {
  /** True when nothing of the reply is worth telling. */
  readonly shouldSkip: boolean;
  readonly text: string;
  readonly didStrip: boolean;
}

/**
 * Takes HEARTBEAT_OK off the edges of a model's reply, the way OpenClaw 2026.7.1 was seen to do it
 * (facts/heartbeat-runtimes.md 1.5): at the start, and at the end with up to four characters of
 * punctuation after it, again and again; with light markup round it removed when that is what hides it.
 * In the middle of a sentence it stays. In `heartbeat` mode a short rest is dropped as well.
 *
 * This decides about a model's own prose only. It must never be shown a check's finding:
 * a rest of 300 characters has room for an outage.
 */
export function stripHeartbeatToken(
  reply: string,
  options: { readonly mode: 'heartbeat' | 'message'; readonly maxAckChars?: unknown },
): StrippedReply {
  const written = reply.trim();
  if (written === '') return { shouldSkip: true, text: '', didStrip: false };
  const asWritten = takeOffEdges(written);
  const stripped = asWritten !== null && asWritten !== '' ? asWritten : takeOffEdges(withoutMarkup(written));
  if (stripped === null) return { shouldSkip: false, text: written, didStrip: false };
  const isAck = stripped === '' || (options.mode === 'heartbeat' && stripped.length <= ackLimit(options.maxAckChars));
  return isAck ? { shouldSkip: true, text: '', didStrip: true } : { shouldSkip: false, text: stripped, didStrip: true };
}

/** null when the token is at neither edge. White space inside the rest is collapsed. */
function takeOffEdges(reply: string): string | null {
  let text = reply.trim();
  let found = false;
  for (;;) {
    const rest = withoutFirst(text) ?? withoutLast(text);
    if (rest === null) break;
    text = rest.trim();
    found = true;
  }
  return found ? text.replace(/\s+/g, ' ').trim() : null;
}

function withoutFirst(text: string): string | null {
  return text.startsWith(HEARTBEAT_TOKEN) ? text.slice(HEARTBEAT_TOKEN.length) : null;
}

function withoutLast(text: string): string | null {
  const at = text.lastIndexOf(HEARTBEAT_TOKEN);
  if (at < 0) return null;
  const after = text.slice(at + HEARTBEAT_TOKEN.length);
  if (!/^\W{0,4}$/.test(after)) return null;
  return text.slice(0, at).trimEnd() + after.trimStart();
}

function withoutMarkup(text: string): string {
  return withoutTags(text)
    .replace(/&nbsp;/gi, ' ')
    .replace(/^[*`~_]+/, '')
    .replace(/(?<![*`~_])[*`~_]+$/, '');
}

/** By hand, as the pattern `<[^>]*>` takes quadratic time on a reply of nothing but `<`. */
function withoutTags(text: string): string {
  let kept = '';
  let from = 0;
  for (;;) {
    const open = text.indexOf('<', from);
    const close = open < 0 ? -1 : text.indexOf('>', open);
    if (close < 0) return kept + text.slice(from);
    kept += `${text.slice(from, open)} `;
    from = close + 1;
  }
}

function ackLimit(given: unknown): number {
  const limit = typeof given === 'string' ? Number(given) : given;
  return typeof limit === 'number' && Number.isFinite(limit) ? Math.max(0, limit) : ACK_MAX_CHARS;
}
