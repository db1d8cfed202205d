import type { LineCounter } from 'yaml';
import { Lexer } from 'yaml';

/** A runbook is a few dozen lines; the limits are far above that and far below what hurts. */
const MOST_TOKENS = 20_000;
export const DEEPEST = 24;

/**
 * The first token too many, found before any tree is built: a million brackets cost seconds to parse, and sixty
 * thousand keys half a minute to compare. Notes the beginnings of lines in `lines` as it goes.
 */
export function firstExcess(text: string, lines: LineCounter): { offset: number; message: string } | null {
  let offset = 0;
  let open = 0;
  let tokens = 0;
  lines.addNewLine(0);
  for (const token of new Lexer().lex(text)) {
    if (MARKERS.has(token)) continue;
    if (token === '[' || token === '{') open += 1;
    if (token === ']' || token === '}') open -= 1;
    tokens += 1;
    if (open > DEEPEST) return { offset, message: `nested deeper than ${DEEPEST} levels` };
    if (tokens > MOST_TOKENS)
      return { offset, message: `more than ${MOST_TOKENS} pieces of YAML; a runbook needs far fewer` };
    for (let at = token.indexOf('\n'); at >= 0; at = token.indexOf('\n', at + 1)) lines.addNewLine(offset + at + 1);
    offset += token.length;
  }
  return null;
}

/** What yaml's lexer says besides source text: document start, end of a broken flow, scalar follows. */
const MARKERS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);

interface TokenLike {
  readonly offset?: number;
  readonly items?: readonly { readonly key?: unknown; readonly value?: unknown }[];
  readonly value?: unknown;
}

/** The offset of the first node below DEEPEST, found without recursion; null when there is none. */
export function firstTooDeep(tokens: readonly object[]): number | null {
  const waiting: { token: TokenLike; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) return token.offset ?? 0;
    const inside = [token.value, ...(token.items ?? []).flatMap((item) => [item.key, item.value])];
    for (const child of inside) if (isToken(child)) waiting.push({ token: child, depth: depth + 1 });
  }
  return null;
}

function isToken(value: unknown): value is TokenLike {
  return typeof value === 'object' && value !== null && 'offset' in value;
}
