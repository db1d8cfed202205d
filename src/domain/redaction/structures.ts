import { kindAt, LETTER, NEWLINE, SPACE } from './characters.ts';
import { isStandIn } from './ordinary.ts';
import { shapeOf } from './shape.ts';
import type { Range, Span } from './span.ts';
import type { Budget } from './budget.ts';

/** A secret that is recognised by what stands around it. `end` is just after the anchor. */
export interface Structure {
  readonly anchor: string;
  find(text: string, end: number, budget: Budget): Span | PublicPart | null;
}

/** A part of the text that looks random and is meant for everyone. */
export interface PublicPart extends Range {
  readonly layer: 'public';
}

/** Longest PEM block, URL authority, command that is looked at. */
const LONGEST_KEY = 32_768;
const LONGEST_URL = 2_048;

export const STRUCTURES: readonly Structure[] = [
  { anchor: '-----begin', find: pemBlock },
  { anchor: '://', find: userinfo },
  { anchor: 'q~', find: azureSecret },
  { anchor: 'curl', find: curlUser },
  { anchor: 'hooks.slack.com/', find: webhook },
  { anchor: '/webhook', find: webhook },
  { anchor: '/incomingwebhook/', find: webhook },
];

/**
 * A private key in PEM (RFC 7468), its line ends real or written as `\n`; cut off, all that looks
 * like it. Certificates, public keys and signatures are public.
 */
function pemBlock(text: string, end: number, budget: Budget): Span | PublicPart | null {
  const label = /^ [A-Z0-9 ]{1,40}-----/.exec(text.slice(end, end + 48));
  if (label === null) return null;
  const bodyStart = end + label[0].length;
  const limit = Math.min(text.length, bodyStart + LONGEST_KEY);
  budget.spend(64);
  const stop = endOfKey(text, bodyStart, limit, budget);
  if (!label[0].includes('PRIVATE KEY')) return { start: bodyStart, end: stop, layer: 'public' };
  return stop - bodyStart < 16 ? null : { start: end - '-----BEGIN'.length, end: stop, layer: 'pattern' };
}

function endOfKey(text: string, start: number, limit: number, budget: Budget): number {
  let index = start;
  while (index < limit) {
    const char = text[index] ?? '';
    if (char === '-' && text.startsWith('-----END', index)) {
      budget.spend(index - start);
      const close = text.indexOf('-----', index + 8);
      return close >= 0 && close < index + 64 ? close + 5 : index + 8;
    }
    if (!/[\w+/=\s\\,:;"'.()|*>#-]/.test(char)) break;
    index += 1;
  }
  budget.spend(index - start);
  return index;
}

/** The password of `scheme://user:password@host` (RFC 3986, 3.2.1), or a token that stands alone there. */
function userinfo(text: string, end: number, budget: Budget): Span | null {
  const limit = Math.min(text.length, end + 512);
  let at = -1;
  let colon = -1;
  let index = end;
  for (; index < limit; index += 1) {
    const char = text[index] ?? '';
    if (char === '@') at = index;
    else if (char === ':' && colon < 0) colon = index;
    else if ((at >= 0 && char === '/') || ' \t\r\n"\'`<>{}|\\'.includes(char)) break;
    else if ((char === '/' || char === '?' || char === '#') && colon < 0) break;
    else if (at < 0 && char === '/' && /^\d*$/.test(text.slice(colon + 1, index))) break;
  }
  budget.spend(index - end);
  if (at < 0) return null;
  const start = colon >= 0 && colon < at ? colon + 1 : end;
  const value = text.slice(start, at);
  if (value === '' || isStandIn(value) || value.startsWith('$')) return null;
  if (start === end && shapeOf(value).opaque < 10) return null;
  return { start, end: at, layer: 'pattern' };
}

/** A client secret of Entra ID: three characters, a digit, `Q~`, and 31 to 34 more. */
function azureSecret(text: string, end: number): Span | null {
  if (!/^[\w~.-]{3}\dQ~$/.test(text.slice(end - 6, end))) return null;
  const rest = /^[\w~.-]{31,34}/.exec(text.slice(end, end + 34));
  if (rest === null || /^[xX.]+$/.test(rest[0])) return null;
  const before = kindAt(text, end - 7);
  return { start: end > 6 && (before & LETTER) !== 0 ? end - 7 : end - 6, end: end + rest[0].length, layer: 'pattern' };
}

/** `curl -u user:password`, `--user 'user:password'`; the command may go on over `\` and a line end. */
function curlUser(text: string, end: number, budget: Budget): Span | null {
  if ((kindAt(text, end) & (SPACE | NEWLINE)) === 0) return null;
  const command = text.slice(end, end + LONGEST_URL);
  budget.spend(256);
  const flag = /(?:^|\s)(?:-[a-zA-Z]*u|--user|--proxy-user|-U)(?:\s+|=|(?=["']))/.exec(commandOf(command));
  if (flag === null) return null;
  const start = end + flag.index + flag[0].length;
  const argument = argumentAt(text, start);
  const inArgument = text.slice(start, argument).indexOf(':');
  if (inArgument < 0) return null;
  const colon = start + inArgument;
  if (/^:["']?$/.test(text.slice(colon, argument)))
    return shapeOf(text, start, colon).opaque >= 8 ? { start, end: argument, layer: 'pattern' } : null;
  const password = text.slice(colon + 1, argument).replaceAll(/^["'{]+|["'}]+$/g, '');
  if (password === '' || isStandIn(password) || /^(?:pass(?:word)?|token|secret)$/i.test(password)) return null;
  return { start: colon + 1, end: argument, layer: 'pattern' };
}

/** Up to the end of the command: a line end without a backslash before it. */
function commandOf(text: string): string {
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (!/\\\r?$/.test(text.slice(Math.max(0, at - 2), at))) return text.slice(0, at);
  }
  return text;
}

/** The end of a shell word: quoted stretches are part of it. */
function argumentAt(text: string, start: number): number {
  let index = start;
  let quote = '';
  for (; index < text.length && index < start + 512; index += 1) {
    const char = text[index] ?? '';
    if (char === '\n') break;
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if ((kindAt(text, index) & SPACE) !== 0) break;
  }
  return index;
}

/** The address of a webhook is its credential: what comes after the host, from the first random piece on. */
function webhook(text: string, end: number, budget: Budget): Span | null {
  const floor = Math.max(0, end - LONGEST_URL / 4);
  let start = end;
  while (start > floor && !isUrlBreak(text[start - 1] ?? ' ')) start -= 1;
  let stop = end;
  while (stop < text.length && stop < end + LONGEST_URL && !isUrlBreak(text[stop] ?? ' ')) stop += 1;
  budget.spend(stop - start);
  if (!/^(?:[a-z+]{2,12}:\\?\/|hooks\.)/i.test(text.slice(start, start + 16))) return null;
  return shapeOf(text, end, stop).opaque + digitsIn(text, end, stop) < 16
    ? null
    : { start: end, end: stop, layer: 'pattern' };
}

function isUrlBreak(char: string): boolean {
  return ' \t\r\n"\'`<>()[]{}|'.includes(char);
}

function digitsIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let index = start; index < end; index += 1) if (/\d/.test(text[index] ?? '')) count += 1;
  return count;
}
