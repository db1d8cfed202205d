import { ALPHANUMERIC, BLANK, kindAt, LETTER, NAME, NEWLINE, QUOTE, skip, SPACE } from './characters.ts';
import { backslashesBefore, closes } from './quotation.ts';

/** The value that belongs to a name in a text, in whatever syntax the two are joined. */
export interface Value {
  readonly start: number;
  readonly end: number;
  /**
   * `stated`: an assignment, a pair, a flag, a header. `beside`: only a blank, a dash or a
   * parenthesis stands between them, as in prose.
   */
  readonly joint: 'stated' | 'beside';
  readonly quoted: boolean;
  /** True when a scheme such as `Bearer` stood before it. */
  readonly scheme: boolean;
}

/** How far an operator may stand from its name: room for alignment, a type, a closing bracket. */
const REACH = 48;
/** A quoted value is read no further than this. */
const LONGEST_QUOTED = 16_384;
const LONGEST_CONTENT = 4_096;

/**
 * Reads values of one text. Where a run or a quotation ends is remembered, so that a hostile text
 * full of names does not have the same stretch read again for each of them.
 */
export class ValueReader {
  readonly #text: string;
  #runStart = 0;
  #runEnd = 0;
  readonly #nextQuote = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The value after the name that ends at `nameEnd`; null when there is none. */
  after(nameStart: number, nameEnd: number): Value | null {
    const joint = this.#joint(nameStart, nameEnd);
    if (joint === null) return null;
    return this.#text[joint.end - 1] === '>' && this.#text[joint.end - 2] !== '='
      ? this.#content(joint.end)
      : this.#valueAt(joint.end, joint.kind, joint.newlines);
  }

  #joint(nameStart: number, nameEnd: number): Joint | null {
    const text = this.#text;
    const limit = Math.min(text.length, nameEnd + REACH);
    const closed = skipClosers(text, nameEnd, limit);
    const wasQuoted = closed > nameEnd && isQuoteBefore(text, closed, nameEnd);
    const spaced = skip(text, closed, SPACE, limit);
    if (isColonRecord(text, nameStart, spaced)) return null;
    const operator = operatorAt(text, spaced, wasQuoted, isFirstArgument(text, nameStart));
    if (operator !== null) {
      const pair = siblingValue(text, operator.end, limit + REACH);
      return pair ?? operator;
    }
    const sibling = siblingValue(text, closed, limit + REACH);
    if (sibling !== null) return sibling;
    if (isFlag(text, nameStart) && spaced > closed) return { end: spaced, kind: 'stated', newlines: 0 };
    return afterWords(text, spaced, closed, limit);
  }

  /** The content of an XML element, up to the next tag. */
  #content(from: number): Value | null {
    const next = this.#next('<', from);
    const end = next < 0 || next - from > LONGEST_CONTENT ? endOfRun(this.#text, skipBlank(this.#text, from, 2)) : next;
    return trimmed(this.#text, from, end, 'stated', false);
  }

  #valueAt(from: number, kind: Value['joint'], newlines: number): Value | null {
    const text = this.#text;
    let start = skipBlank(text, from, newlines);
    start = skipBlockMark(text, start);
    const opening = skipLiteralMark(text, start);
    const quoteAt = skip2(text, opening, BACKSLASH);
    if ((kindAt(text, quoteAt) & QUOTE) !== 0) {
      const end = this.#quoteEnd(quoteAt);
      if (end !== null) return trimmed(text, quoteAt + 1, end, kind, true);
      start = quoteAt + 1;
    }
    return this.#unquoted(start, kind);
  }

  #unquoted(start: number, kind: Value['joint']): Value | null {
    const first = this.#plainValue(start, kind);
    if (first === null) return null;
    const scheme = schemeEnd(this.#text, first.start, first.end);
    if (scheme === null) return first;
    const rest = this.#plainValue(skip(this.#text, scheme, SPACE), kind);
    return rest === null ? null : { ...rest, scheme: true };
  }

  #plainValue(start: number, kind: Value['joint']): Value | null {
    const run = this.#runFrom(start);
    const ampersand = this.#next('&', start);
    const end = ampersand >= 0 && ampersand < run && !this.#standsAlone(start) ? ampersand : run;
    return end > start ? { start, end, joint: kind, quoted: false, scheme: false } : null;
  }

  /** True for `NAME=value` at the beginning of a line, where an ampersand is part of the value. */
  #standsAlone(valueStart: number): boolean {
    const text = this.#text;
    let index = valueStart - 1;
    const floor = Math.max(0, valueStart - 2 * REACH);
    while (index >= floor && (kindAt(text, index) & (NAME | SPACE)) + (text[index] === '=' ? 1 : 0) !== 0) index -= 1;
    return index < 0 || (kindAt(text, index) & NEWLINE) !== 0;
  }

  #runFrom(start: number): number {
    if (start < this.#runStart || start >= this.#runEnd) {
      this.#runStart = start;
      this.#runEnd = endOfRun(this.#text, start);
    }
    return this.#runEnd;
  }

  /** The closing quote of the same kind and depth of escaping; null when there is none on the line. */
  #quoteEnd(openingQuote: number): number | null {
    const text = this.#text;
    const quote = text[openingQuote] ?? '';
    const depth = backslashesBefore(text, openingQuote);
    const lineEnd = this.#next('\n', openingQuote + 1);
    for (let at = this.#next(quote, openingQuote + 1); at >= 0; at = this.#next(quote, at + 1)) {
      if (at - openingQuote > LONGEST_QUOTED || (lineEnd >= 0 && at > lineEnd)) return null;
      if (closes(text, at, depth)) return at - Math.min(backslashesBefore(text, at), depth);
    }
    return null;
  }

  #next(quote: string, from: number): number {
    const known = this.#nextQuote.get(quote);
    if (known !== undefined && (known < 0 || known >= from) && from >= (this.#askedFrom.get(quote) ?? 0)) return known;
    const next = this.#text.indexOf(quote, from);
    this.#nextQuote.set(quote, next);
    this.#askedFrom.set(quote, from);
    return next;
  }

  readonly #askedFrom = new Map<string, number>();
}

interface Joint {
  readonly end: number;
  readonly kind: Value['joint'];
  /** How many line ends may stand between the joint and its value. */
  readonly newlines: number;
}

const BACKSLASH = '\\';

function skip2(text: string, start: number, char: string): number {
  let index = start;
  while (text[index] === char && index < start + 8) index += 1;
  return index;
}

function skipClosers(text: string, start: number, limit: number): number {
  let index = start;
  while (index < limit && index < start + 8 && '\\"\'`])}*'.includes(text[index] ?? ' ')) index += 1;
  return index;
}

function isQuoteBefore(text: string, end: number, floor: number): boolean {
  for (let index = end - 1; index >= floor; index -= 1) if ((kindAt(text, index) & QUOTE) !== 0) return true;
  return false;
}

/** `=` `:` `:=` `::=` `?=` `.=` `+=` `=>` `->` `-` `>`; a comma after a quoted name, a brace before a quotation. */
function operatorAt(text: string, start: number, wasQuoted: boolean, first = false): Joint | null {
  let end = start;
  while (end < start + 5 && ':=?.+>|-~'.includes(text[end] ?? ' ')) end += 1;
  const operator = text.slice(start, end);
  if (/[:=]/.test(operator) && !/^[.+|?~-]+$/.test(operator)) {
    return operator.startsWith('://') ? null : { end: unsign(text, start, end), kind: 'stated', newlines: 2 };
  }
  if (operator === '>') return { end, kind: 'stated', newlines: 2 };
  if ((operator === '-' || operator === '->') && text[end] === ' ') return { end, kind: 'beside', newlines: 0 };
  if (operator !== '') return null;
  const char = text[start];
  if (char === ',' && wasQuoted) return { end: start + 1, kind: first ? 'stated' : 'beside', newlines: 1 };
  if ((char === '{' || char === '(') && (kindAt(text, skip(text, start + 1, BLANK, start + 16)) & QUOTE) !== 0) {
    return { end: start + 1, kind: char === '{' ? 'stated' : 'beside', newlines: 2 };
  }
  return null;
}

/** An operator ends with its `=`, `:` or `>`: what comes after belongs to the value (`token=-x`, `key=~y`). */
function unsign(text: string, start: number, end: number): number {
  let stop = end;
  while (stop > start && !':=>'.includes(text[stop - 1] ?? '')) stop -= 1;
  return stop;
}

/** The value of a name that is itself a value: `name="X" value="v"`, `- name: X\n  value: v`, `"name": "X", "value": "v"`. */
function siblingValue(text: string, start: number, limit: number): Joint | null {
  let index = start;
  while (index < limit && ((kindAt(text, index) & (BLANK | QUOTE)) !== 0 || ',\\-'.includes(text[index] ?? 'x')))
    index += 1;
  if (index === start) return null;
  const word = /^(?:secret_?|string|default|plain)?_?value\\?["']?\s?[=:]/i.exec(text.slice(index, index + 24));
  return word === null ? null : { end: index + word[0].length, kind: 'stated', newlines: 1 };
}

/** `arn:aws:secretsmanager:eu-west-1:123456789012:secret:name`: a part of an address, not a name of the next part. */
function isColonRecord(text: string, nameStart: number, nameEnd: number): boolean {
  return text[nameEnd] === ':' && text[nameStart - 1] === ':' && (kindAt(text, nameEnd + 1) & BLANK) === 0;
}

/** `setProperty("X", …`, `["Authorization", …`: in the midst of a list a quoted word is a value and names nothing. */
function isFirstArgument(text: string, nameStart: number): boolean {
  let index = nameStart;
  while (index > nameStart - 6 && (kindAt(text, index - 1) & QUOTE) + (text[index - 1] === BACKSLASH ? 1 : 0) !== 0)
    index -= 1;
  return index < nameStart && '([{'.includes(text[index - 1] ?? ' ');
}

/** `--token x`, `-Password x`, ` -p x` are flags; `a-token x` is not. */
function isFlag(text: string, nameStart: number): boolean {
  return text[nameStart] === '-' && (nameStart === 0 || (kindAt(text, nameStart - 1) & ALPHANUMERIC) === 0);
}

/** Up to three short words between name and operator: `apiKey string = "v"`, `app token EU = 'v'`. */
function afterWords(text: string, spaced: number, closed: number, limit: number): Joint | null {
  if (spaced === closed) return null;
  let index = spaced;
  for (let words = 0; words < 3; words += 1) {
    if ((kindAt(text, index) & LETTER) === 0) break;
    const wordEnd = skip(text, index, NAME, Math.min(limit, index + 16));
    if (wordEnd === index) break;
    index = skip(text, wordEnd, SPACE, limit);
    const operator = operatorAt(text, index, false);
    if (operator !== null && operator.kind === 'stated' && text[index] !== '>' && text[index] !== '{') return operator;
    if (index === wordEnd) break;
  }
  const verb = /^(?:is|was|as|of)[ \t]+/.exec(text.slice(spaced, spaced + 8));
  if (verb !== null) return { end: spaced + verb[0].length, kind: 'beside', newlines: 0 };
  return { end: spaced, kind: 'beside', newlines: 0 };
}

function skipBlank(text: string, start: number, newlines: number): number {
  let index = start;
  let left = newlines;
  for (const limit = start + 2 * REACH; index < limit; index += 1) {
    const kind = kindAt(text, index);
    if ((kind & NEWLINE) !== 0) {
      if (text[index] === '\n') left -= 1;
      if (left < 0) return index;
    } else if ((kind & SPACE) === 0) return index;
  }
  return index;
}

/** `|`, `>-` and `!!str` of YAML, before a value on the same or the next line. */
function skipBlockMark(text: string, start: number): number {
  const mark = /^(?:[|>][-+]?\d?[ \t]*\r?\n[ \t]*|!![a-z]+ )/.exec(text.slice(start, start + REACH));
  return mark === null ? start : start + mark[0].length;
}

/** `b"…"`, `f'…'`, `@"…"`, `r#"…"`. */
function skipLiteralMark(text: string, start: number): number {
  const mark = /^(?:[bfruBFRU@$]{1,2}#?|\[|\(|\{)(?=\\*["'`])/.exec(text.slice(start, start + 8));
  return mark === null ? start : start + mark[0].length;
}

const STOPS = ',;)}]<>"\'`';

function endOfRun(text: string, start: number): number {
  let index = start;
  while (index < text.length) {
    const kind = kindAt(text, index);
    if ((kind & ALPHANUMERIC) === 0) {
      if ((kind & (BLANK | QUOTE)) !== 0 || STOPS.includes(text[index] ?? '')) break;
      if (text[index] === BACKSLASH && 'nrtu"\'\\/'.includes(text[index + 1] ?? 'n')) break;
    }
    index += 1;
  }
  return index;
}

/** Without the blanks inside the quotes, and without `Bearer ` and its like. */
function trimmed(text: string, from: number, to: number, joint: Value['joint'], quoted: boolean): Value | null {
  let start = skip(text, from, BLANK, to);
  let end = to;
  while (end > start && (kindAt(text, end - 1) & BLANK) !== 0) end -= 1;
  const scheme = schemeEnd(text, start, end);
  if (scheme !== null && scheme < end) start = skip(text, scheme, BLANK, end);
  return end > start ? { start, end, joint, quoted, scheme: scheme !== null } : null;
}

/** The end of the scheme of an Authorization value (RFC 9110, 11.1): a word and a blank. */
function schemeEnd(text: string, start: number, end: number): number | null {
  const scheme =
    /^(?:bearer|basic|token|digest|negotiate|apikey|api-?key|api-token|key|oauth|hmac|jwt|flyv1|sso-key|ghost|bot|splunk|pat)(?=[ \t]|$)/i.exec(
      text.slice(start, Math.min(end + 1, start + 16)),
    );
  return scheme !== null && (kindAt(text, start + scheme[0].length) & LETTER) === 0 ? start + scheme[0].length : null;
}
