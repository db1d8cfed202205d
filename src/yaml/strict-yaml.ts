import { Composer, type Document, LineCounter } from 'yaml';
import type { Mistake, Place } from '../domain/mistake.ts';
import { refusalsOf } from './complaints.ts';
import { Refused, type Refusal } from './refusal.ts';
import { tokensWithin } from './yaml-limits.ts';
import type { YamlRules } from './yaml-rules.ts';
import { treeOf, type YamlTree } from './yaml-tree.ts';

/** A piece of YAML inside a file: `firstLine` is the line of the file on which `text` begins. */
export interface YamlSource {
  readonly file: string;
  readonly text: string;
  readonly firstLine: number;
}

/**
 * Reads a map in YAML 1.2 that a stranger may have written. What YAML offers beyond plain data is refused with its
 * place: tags, directives, merge keys, several documents, duplicate keys, depth, aliases that multiply. Never throws
 * for what is written. There are mistakes, all of them errors, exactly when there is no tree.
 */
export function readYaml(source: YamlSource, rules: YamlRules): { tree: YamlTree | null; mistakes: Mistake[] } {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line) + source.firstLine - 1, column: Math.max(1, col) };
  };
  const refused = (refusals: readonly Refusal[]): { tree: null; mistakes: Mistake[] } => ({
    tree: null,
    mistakes: refusals.map(({ kind, offset, message }) => ({
      level: 'error',
      code: rules.codes[kind],
      message,
      where: { file: source.file, ...placeAt(offset) },
      next: null,
    })),
  });
  try {
    const documents = [...new Composer(STRICT).compose(tokensWithin(source.text, rules, lines))];
    const complaints = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
    if (complaints.length > 0) return refused(refusalsOf(complaints, source.text, rules.noun));
    return { tree: treeOf(onlyOne(documents, rules), rules, placeAt), mistakes: [] };
  } catch (error) {
    if (error instanceof Refused) return refused([error]);
    throw error;
  }
}

const STRICT = { uniqueKeys: true, strict: true, stringKeys: true, version: '1.2', merge: false } as const;

function onlyOne([document, second]: readonly Document.Parsed[], { noun }: YamlRules): Document.Parsed | null {
  if (second !== undefined)
    throw new Refused(second.range[0], `a second YAML document begins here; one file holds one ${noun}`);
  return document ?? null;
}
