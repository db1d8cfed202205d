import type { Redacted, Redactor } from './redacted.ts';

/**
 * The first bytes of a text, and how many more there were. It is redacted whole and cut then: of a secret that lies
 * across the cut, the half that stays would be known to nobody as one.
 */
export function redactedStart(redactor: Redactor, text: string, bytes: number): Redacted<string> {
  const whole = redactor.text(text);
  const size = Buffer.byteLength(whole);
  if (size <= bytes) return whole;
  const start = Buffer.from(whole)
    .subarray(0, bytes)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return redactor.text(`${start} [${size - bytes} bytes more]`);
}
