import { createKnownValues } from './known-values.ts';
import { shapeOf } from './shape.ts';
import type { Span } from './span.ts';

/** Shorter or plainer values may be words that also stand for themselves elsewhere. */
const LEAST = 10;

/** A secret that was found once in a text is one wherever that text repeats it. */
export function repeatsOf(text: string, found: readonly Span[]): Span[] {
  const repeated = createKnownValues('echo', (secret) => [secret]);
  let any = false;
  for (const span of found) {
    if (span.layer === 'shape' || span.end - span.start < LEAST || span.end - span.start > 4_096) continue;
    const secret = text.slice(span.start, span.end);
    if (shapeOf(secret).opaque >= LEAST && repeated.learn(secret)) any = true;
  }
  return any ? repeated.find(text) : [];
}
