import type { Budget } from './budget.ts';
import { kindAt, SPACE } from './characters.ts';
import { isStandIn } from './ordinary.ts';
import { backslashesBefore, closes } from './quotation.ts';
import type { Range, Span } from './span.ts';

/** One manifest is looked at this far before and after its kind. */
const REACH = 262_144;

/**
 * The values of `data` and `stringData` of the Secret whose kind is the word that ends at `end`,
 * in YAML or JSON, and the part of the text that was looked at for it; null when it is no kind.
 */
export function kubernetesSecretAt(text: string, end: number, budget: Budget): { spans: Span[]; seen: Range } | null {
  const start = end - 'secret'.length;
  const before = text.slice(Math.max(0, start - 24), start);
  if (!/(?:^|[\s{,"'\\-])kind\\*["']?\s*:\s*\\*["']?$/.test(before)) return null;
  if (!/^\\*["']?\s*(?:[,}#\n\r]|\\n|$)/.test(text.slice(end, end + 8))) return null;
  return /kind\\*["']/.test(before) ? inJson(text, start, budget) : inYaml(text, start, budget);
}

/** In YAML the mapping around the kind is the lines that are indented no less. */
function inYaml(text: string, kindStart: number, budget: Budget): { spans: Span[]; seen: Range } {
  const column = columnOf(text, kindStart);
  const from = startOfMapping(text, kindStart, column);
  const to = endOfMapping(text, kindStart, column);
  budget.spend(to - from);
  const spans: Span[] = [];
  let inData = false;
  for (let line = from; line < to; line = endOfLine(text, line, to) + 1) {
    const lineEnd = endOfLine(text, line, to);
    const first = firstOf(text, line, lineEnd);
    if (first === lineEnd || text[first] === '#') continue;
    const indent = columnOf(text, first);
    if (indent <= column)
      inData = /^["']?(?:data|stringData)["']?:[ \t]*(?:\r|#.*)?$/.test(
        text.slice(first, Math.min(lineEnd, first + 64)),
      );
    else if (inData) {
      const span = blockAt(text, first, lineEnd, to) ?? valueOfLine(text, first, lineEnd);
      if (span === null) continue;
      spans.push(span);
      line = Math.max(line, startOfLine(text, span.end));
    }
  }
  return { spans, seen: { start: from, end: to } };
}

/** The column of the first name on the line of `index`; the dash of a list item is not one. */
function columnOf(text: string, index: number): number {
  const line = startOfLine(text, index);
  const indent = /^[ \t]*(?:- )*[ \t]*/.exec(text.slice(line, Math.min(index, line + 256)));
  return indent?.[0].length ?? 0;
}

function startOfLine(text: string, index: number): number {
  return index <= 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1;
}

function startOfMapping(text: string, index: number, column: number): number {
  let start = startOfLine(text, index);
  const floor = Math.max(0, index - REACH);
  while (start > floor && !isItem(text, start, column)) {
    if (start === 0) break;
    const before = startOfLine(text, start - 1);
    if (!belongs(text, before, start - 1, column)) break;
    start = before;
  }
  return start;
}

/** True when the line at `start` opens the list item that the mapping is. */
function isItem(text: string, start: number, column: number): boolean {
  return column >= 2 && text.startsWith('- ', start + column - 2);
}

function endOfMapping(text: string, index: number, column: number): number {
  const limit = Math.min(text.length, index + REACH);
  let end = endOfLine(text, index, limit);
  while (end < limit) {
    const next = endOfLine(text, end + 1, limit);
    if (!belongs(text, end + 1, next, column) || isItem(text, end + 1, column)) break;
    end = next;
  }
  return end;
}

function belongs(text: string, line: number, lineEnd: number, column: number): boolean {
  const first = firstOf(text, line, lineEnd);
  if (first >= lineEnd || text[first] === '#') return true;
  return (
    first - line >= column - 2 &&
    (columnOf(text, first) >= column || isItem(text, line, column)) &&
    !text.startsWith('---', line)
  );
}

function endOfLine(text: string, start: number, limit: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 || end > limit ? limit : end;
}

/** The content of a block scalar (`name: |`), all its lines at once. */
function blockAt(text: string, first: number, lineEnd: number, limit: number): Span | null {
  if (!/:[ \t]*[|>][-+\d]*[ \t]*\r?$/.test(text.slice(first, Math.min(lineEnd, first + 300)))) return null;
  const end = endOfBlock(text, lineEnd + 1, limit, columnOf(text, first));
  const start = firstOf(text, lineEnd + 1, end);
  return end > start && !isTemplate(text.slice(start, end)) ? { start, end, layer: 'keyed' } : null;
}

/** Where a block scalar ends: before the next line that is indented no deeper than its name. */
function endOfBlock(text: string, start: number, limit: number, indent: number): number {
  let end = start;
  for (let line = start; line < limit; line = endOfLine(text, line, limit) + 1) {
    const lineEnd = endOfLine(text, line, limit);
    const first = firstOf(text, line, lineEnd);
    if (first === lineEnd) continue;
    if (first - line <= indent) break;
    end = lineEnd;
  }
  return Math.min(end, limit);
}

function firstOf(text: string, start: number, end: number): number {
  let index = start;
  while (index < end && (kindAt(text, index) & SPACE) !== 0) index += 1;
  return index;
}

/** What stands after `name:`, or the whole line when there is no name (a block scalar goes on). */
function valueOfLine(text: string, first: number, lineEnd: number): Span | null {
  const line = text.slice(first, lineEnd).trimEnd();
  const name = /^(?:["'][^"']{1,253}["']|[\w.-]{1,253})[ \t]*:(?=[ \t]|$)[ \t]*/.exec(line);
  let start = first + (name?.[0].length ?? 0);
  let end = first + line.length;
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    start += 1;
    const close = text.lastIndexOf(quote, end);
    if (close > start) end = close;
  }
  const value = text.slice(start, end);
  return value === '' || /^[|>][-+\d]*$/.test(value) || isTemplate(value) ? null : { start, end, layer: 'keyed' };
}

function isTemplate(value: string): boolean {
  return (
    /^(?:\{\{|\$\{|\$\(|<|\{\}|""|''|null$|~$)/.test(value) ||
    (value.length > 3 && isStandIn(value) && !/^[\w/+]+=*$/.test(value))
  );
}

/** In JSON the object around the kind is found by its braces, then its `data` by name. */
function inJson(text: string, kindAtIndex: number, budget: Budget): { spans: Span[]; seen: Range } {
  const from = openingBrace(text, kindAtIndex, budget);
  const to = closingBrace(text, kindAtIndex, budget);
  const spans: Span[] = [];
  budget.spend(to - from);
  for (const match of text.slice(from, to).matchAll(/\\*"(?:data|stringData)\\*"\s{0,16}:\s{0,16}\{/g)) {
    const bodyStart = from + match.index + match[0].length;
    const bodyEnd = closingBrace(text, bodyStart, budget);
    for (const span of stringsIn(text, bodyStart, bodyEnd)) spans.push(span);
  }
  return { spans, seen: { start: from, end: to } };
}

/** The values of the object between the two places, as far as they are strings. */
function stringsIn(text: string, from: number, to: number): Span[] {
  const spans: Span[] = [];
  let done = from;
  for (const opening of text.slice(from, to).matchAll(/:\s{0,16}(\\*)"/g)) {
    const start = from + opening.index + opening[0].length;
    if (start <= done) continue;
    const depth = (opening[1] ?? '').length;
    let quote = text.indexOf('"', start);
    while (quote >= 0 && quote < to && !closes(text, quote, depth)) quote = text.indexOf('"', quote + 1);
    if (quote < 0 || quote > to) break;
    done = quote;
    const end = quote - Math.min(backslashesBefore(text, quote), depth);
    if (end > start && !isTemplate(text.slice(start, end))) spans.push({ start, end, layer: 'keyed' });
  }
  return spans;
}

function openingBrace(text: string, from: number, budget: Budget): number {
  let depth = 0;
  let index = from;
  const floor = Math.max(0, from - REACH);
  for (; index > floor; index -= 1) {
    const code = text.charCodeAt(index - 1);
    if (code === CLOSE) depth += 1;
    else if (code === OPEN) {
      if (depth === 0) break;
      depth -= 1;
    }
  }
  budget.spend(from - index);
  return index;
}

function closingBrace(text: string, from: number, budget: Budget): number {
  let depth = 0;
  let index = from;
  const limit = Math.min(text.length, from + REACH);
  for (; index < limit; index += 1) {
    const code = text.charCodeAt(index);
    if (code === OPEN) depth += 1;
    else if (code === CLOSE) {
      if (depth === 0) break;
      depth -= 1;
    }
  }
  budget.spend(index - from);
  return index;
}

const OPEN = 123;
const CLOSE = 125;
