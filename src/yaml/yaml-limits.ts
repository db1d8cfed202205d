import { type CST, Lexer, type LineCounter, Parser } from 'yaml';
import { Refused } from './refusal.ts';
import type { YamlRules } from './yaml-rules.ts';

/**
 * The tokens of a text, or Refused for the first that is too many, too deep or a directive: found before any tree is
 * built, as a million brackets cost seconds to parse, and sixty thousand keys half a minute to compare. Notes the
 * beginnings of lines in `lines` as it goes.
 */
export function tokensWithin(text: string, rules: YamlRules, lines: LineCounter): readonly CST.Token[] {
  countPieces(text, rules, lines);
  const tokens = [...new Parser().parse(text)];
  for (const token of tokens)
    if (token.type === 'directive')
      throw new Refused(token.offset, 'YAML directives (%) are not accepted; take the line out');
  refuseDepth(tokens, rules.most.levels);
  return tokens;
}

function countPieces(text: string, { noun, most }: YamlRules, lines: LineCounter): void {
  let offset = 0;
  let open = 0;
  let pieces = 0;
  lines.addNewLine(0);
  for (const piece of new Lexer().lex(text)) {
    if (MARKERS.has(piece)) continue;
    if (piece === '[' || piece === '{') open += 1;
    if (piece === ']' || piece === '}') open -= 1;
    pieces += 1;
    if (open > most.levels) throw tooDeep(offset, most.levels);
    if (pieces > most.pieces)
      throw new Refused(offset, `more than ${most.pieces} pieces of YAML; a ${noun} needs far fewer`);
    for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', at + 1)) lines.addNewLine(offset + at + 1);
    offset += piece.length;
  }
}

/** What yaml's lexer says besides source text: document start, end of a broken flow, scalar follows. */
const MARKERS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);

/** Without recursion, which is what depth would break. */
function refuseDepth(tokens: readonly object[], levels: number): void {
  const waiting: { token: TokenLike; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > levels) throw tooDeep(token.offset ?? 0, levels);
    const inside = [token.value, ...(token.items ?? []).flatMap((item) => [item.key, item.value])];
    for (const child of inside) if (isToken(child)) waiting.push({ token: child, depth: depth + 1 });
  }
}

interface TokenLike {
  readonly offset?: number;
  readonly items?: readonly { readonly key?: unknown; readonly value?: unknown }[];
  readonly value?: unknown;
}

function isToken(value: unknown): value is TokenLike {
  return typeof value === 'object' && value !== null && 'offset' in value;
}

function tooDeep(offset: number, levels: number): Refused {
  return new Refused(offset, `nested deeper than ${levels} levels`);
}
