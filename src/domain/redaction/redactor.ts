import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { redactData } from './data.ts';
import { findSecrets } from './find-secrets.ts';
import { createKnownValues } from './known-values.ts';
import type { KnownValues } from './known-values.ts';
import { placeholderOf, placeholdersIn } from './placeholder.ts';
import type { Redacted, Redactor } from './redacted.ts';
import { repeatsOf } from './repeats.ts';
import { mergeSpans } from './span.ts';
import type { Span } from './span.ts';

export interface RedactorOptions {
  /** The installation's own key: placeholders say nothing to who does not have it. At least 16 bytes. */
  readonly key: Uint8Array;
  /** Credentials that are known from the start; see `learn`. */
  readonly known?: Iterable<string>;
}

/** A longer text is withheld: no sink of ours has use for it, and it could only be an attack or a mistake. */
export const LONGEST_TEXT = 32 * 1024 * 1024;

/** What stands in the place of a text that could not be redacted. */
export const WITHHELD = '[withheld: redaction failed]';
export const WITHHELD_TOO_LONG = '[withheld: text too long to redact]';

/** After so many rounds a text that still changes is withheld; two are enough for ordinary ones. */
const ROUNDS = 8;

/**
 * The one maker of `Redacted`. Pure: no clock, no files, no network. What it promises and what it
 * does not is in docs/redaction.md.
 */
export function createRedactor(options: RedactorOptions): Redactor {
  if (options.key.length < 16) throw new RangeError('the redaction key must have at least 16 bytes');
  const key = createSecretKey(Uint8Array.from(options.key));
  const known = createKnownValues();
  for (const secret of options.known ?? []) known.learn(secret);

  const text = (input: string): Redacted<string> => proven(withheldOnError(() => redactText(input, known, key)));
  return {
    text,
    data: (input) =>
      proven(withheldOnError(() => redactData(input, { text, mask: (secret) => placeholderOf(secret, key) }))),
    json: (document) =>
      proven(
        withheldOnError(() =>
          JSON.stringify(document, (_key, value: unknown) => (typeof value === 'string' ? text(value) : value)),
        ),
      ),
    learn: (secret) => void known.learn(secret),
  };
}

/** The places of all secrets in `text`, in order and free of overlaps. */
export function secretsIn(text: string, known: KnownValues): Span[] {
  const found = [...known.find(text), ...findSecrets(text)];
  return mergeSpans(found.length === 0 ? found : [...found, ...repeatsOf(text, found)], placeholdersIn(text));
}

/** Replaces until nothing is left to replace, so that redacting the result changes nothing. */
function redactText(input: string, known: KnownValues, key: KeyObject): string {
  if (input.length > LONGEST_TEXT) return WITHHELD_TOO_LONG;
  const mask = remembered((secret) => placeholderOf(secret, key));
  let text = input;
  for (let round = 0; round < ROUNDS; round += 1) {
    const spans = secretsIn(text, known);
    if (spans.length === 0) return text;
    text = replaced(text, spans, mask);
  }
  return WITHHELD;
}

function replaced(text: string, spans: readonly Span[], mask: (secret: string) => string): string {
  const parts: string[] = [];
  let from = 0;
  for (const span of spans) {
    parts.push(text.slice(from, span.start), mask(span.secret ?? text.slice(span.start, span.end)));
    from = span.end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** For the length of one text: what repeats in it is not hashed again. */
function remembered(mask: (secret: string) => string): (secret: string) => string {
  const masks = new Map<string, string>();
  return (secret) => {
    const known = masks.get(secret) ?? mask(secret);
    masks.set(secret, known);
    return known;
  };
}

/** Whatever goes wrong in here, the input does not get out. The error is dropped: it could quote the input. */
function withheldOnError<T>(redact: () => T): T | typeof WITHHELD {
  try {
    return redact();
  } catch {
    return WITHHELD;
  }
}

/** The only place where the proof is made. */
function proven<T>(value: unknown): Redacted<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand can only be given by assertion
  return value as Redacted<T>;
}
