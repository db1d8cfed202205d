import { excerpt, othersWords } from '../domain/excerpt.ts';
import type { Refusal, RefusalKind } from './refusal.ts';

/** What the parser says of a text; `code` as `ErrorCode` of the package yaml lists them. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** Nobody reads more at once; what is left shows when these are put right. */
const MOST_REFUSALS = 10;

/** The parser's complaints in our words: one for each place, and one for a line that is only short of quotes. */
export function refusalsOf(complaints: readonly Complaint[], text: string, noun: string): readonly Refusal[] {
  const byOffset = new Map<number, Refusal>();
  // A hostile line can bring hundreds of thousands.
  for (const complaint of complaints.slice(0, 1_000)) {
    if (byOffset.size >= MOST_REFUSALS) break;
    const [offset] = complaint.pos;
    const refusal: Refusal = unquotedAt(text, offset) ?? {
      kind: KINDS[complaint.code] ?? 'invalid',
      offset,
      message: wordsFor(complaint, text, noun),
    };
    if (!byOffset.has(refusal.offset)) byOffset.set(refusal.offset, refusal);
  }
  return [...byOffset.values()];
}

/** `cron: * * * * *` and `cron: @daily` read as an alias and as nothing; what is missing is quotes. */
function unquotedAt(text: string, near: number): Refusal | null {
  const start = text.lastIndexOf('\n', near - 1) + 1;
  const line = text.slice(start, start + 300).split('\n', 1)[0] ?? '';
  const [, before, value] = /^(\s*(?:- +)*(?:[\w-]+: +|- +))([*@][^,\]}#]*)/.exec(line) ?? [];
  if (before === undefined || value === undefined) return null;
  return {
    kind: 'invalid',
    offset: start + before.length,
    message: `a text that begins with "${value[0]}" must stand in quotes: ${excerpt(value.trim())}`,
  };
}

const KINDS: Readonly<Record<string, RefusalKind>> = {
  DUPLICATE_KEY: 'duplicate',
  TAG_RESOLVE_FAILED: 'refused',
  MULTIPLE_DOCS: 'refused',
  NON_STRING_KEY: 'refused',
  RESOURCE_EXHAUSTION: 'refused',
};

function wordsFor({ code, message, pos: [from, to] }: Complaint, text: string, noun: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return `the key ${excerpt(keyAt(text, from))} is written twice`;
    case 'TAG_RESOLVE_FAILED':
      return `the tag ${excerpt(text.slice(from, to).split('\n', 1)[0] ?? '')} is not accepted; a ${noun} is plain data`;
    case 'TAB_AS_INDENT':
      return 'a tab is used as indentation; YAML wants spaces';
    case 'NON_STRING_KEY':
      return 'a key must be plain text, not a list or a map';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a second ": " on one line; put the value in quotes';
    default:
      return `not YAML: ${othersWords(message)}${text.startsWith('*', from) ? '; a text that begins with "*" must stand in quotes' : ''}`;
  }
}

/** The parser marks the first character of a key only. */
function keyAt(text: string, from: number): string {
  const line = text.slice(from, from + 200).split('\n', 1)[0] ?? '';
  const [, double, single, plain] = /^(?:"([^"]*)"|'([^']*)'|(.*?)\s*(?::(?=\s|$)|[,}\]]|$))/.exec(line) ?? [];
  return double ?? single ?? plain ?? line;
}
