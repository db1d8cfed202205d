import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Range } from './span.ts';

const OPENING = '[secret:';
/** 24 bits: among 1,000 different secrets of one installation the odds of any two colliding are 3 %. */
const DIGITS = 6;
const LENGTH = OPENING.length + DIGITS + 1;

/**
 * `[secret:7f3a9c]`: the same secret always gets the same one under the same key, so that texts
 * can still be compared; without the key it says nothing about the secret.
 */
export function placeholderOf(secret: string, key: KeyObject): string {
  const digest = createHmac('sha256', key).update(`holdfast/redaction/v1\0${secret}`).digest('hex');
  return `${OPENING}${digest.slice(0, DIGITS)}]`;
}

/** Where placeholders already stand in `text`: they are never redacted again. */
export function placeholdersIn(text: string): Range[] {
  const found: Range[] = [];
  for (let start = text.indexOf(OPENING); start >= 0; start = text.indexOf(OPENING, start + 1)) {
    if (isPlaceholderAt(text, start)) found.push({ start, end: start + LENGTH });
  }
  return found;
}

function isPlaceholderAt(text: string, start: number): boolean {
  return /^[0-9a-f]{6}\]$/.test(text.slice(start + OPENING.length, start + LENGTH));
}
