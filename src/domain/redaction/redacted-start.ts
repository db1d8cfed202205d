import type { Redacted, Redactor } from './redacted.ts';

/**
 * The first characters of a text, and how many more there were. It is redacted whole and cut then: of a secret that lies
 * across the cut, the half that stays would be known to nobody as one.
 */
export function redactedStart(redactor: Redactor, text: string, characters: number): Redacted<string> {
  const whole = redactor.text(text);
  if (whole.length <= characters) return whole;
  return redactor.text(`${whole.slice(0, characters)} [${whole.length - characters} characters more]`);
}
