/** Which rule found a secret; told in reasons and figures, never in redacted text. */
export type Layer = 'known' | 'pattern' | 'keyed' | 'shape' | 'echo';

/** A secret's place in a text: `start` inclusive, `end` exclusive, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly layer: Layer;
  /** What the placeholder is derived from, when that is not the text itself (an encoded known value). */
  readonly secret?: string;
}

/** `spans` in order, overlapping and nested ones merged, without the parts that `kept` protects. */
export function mergeSpans(spans: readonly Span[], kept: readonly Range[]): Span[] {
  const ordered = spans.filter((span) => span.end > span.start).sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Span[] = [];
  for (const span of ordered) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { start: last.start, end: span.end, layer: last.layer };
  }
  return kept.length === 0 ? merged : subtract(merged, kept);
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Both lists are ordered and free of overlaps, so one walk over the two is enough. */
function subtract(spans: readonly Span[], kept: readonly Range[]): Span[] {
  const rest: Span[] = [];
  let next = 0;
  for (const span of spans) {
    let start = span.start;
    while (next < kept.length && (kept[next]?.end ?? 0) <= start) next += 1;
    let touched = false;
    for (let index = next; index < kept.length; index += 1) {
      const range = kept[index];
      if (range === undefined || range.start >= span.end) break;
      touched = true;
      if (range.start > start) rest.push({ start, end: range.start, layer: span.layer });
      start = Math.max(start, range.end);
    }
    if (!touched) rest.push(span);
    else if (start < span.end) rest.push({ start, end: span.end, layer: span.layer });
  }
  return rest;
}
