import { withoutComments } from './heartbeat-comments.ts';

/**
 * Whether a HEARTBEAT.md asks for nothing: only blank lines, headings, empty bullets or checkboxes, code fences
 * without content and comments. A file that is not there (null) is not empty. The rule is what OpenClaw 2026.7.1
 * was seen to do (facts/heartbeat-runtimes.md 1.2), its trap included: an unclosed comment hides
 * the rest and the file counts as empty. Loading such a file is an error, so that nobody falls in.
 */
export function isEffectivelyEmpty(text: string | null): boolean {
  if (text === null) return false;
  return withoutComments(text).lines.every((line) => NOTHING.some((pattern) => pattern.test(line.trim())));
}

const NOTHING: readonly RegExp[] = [/^$/, /^#+(?:\s|$)/, /^[-*+]\s*(?:\[[\sXx]?\]\s*)?$/, /^```[A-Za-z0-9_-]*$/];
