import { parseDocument } from 'yaml';

/**
 * The text of a YAML file with one value set, its comments and its order kept; an empty text becomes a file of that one
 * key. null when the text is not YAML that can be edited: whoever reads it says why.
 */
export function withValue(text: string, path: readonly string[], value: string): string | null {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0) return null;
  document.setIn(path, value);
  return document.toString({ lineWidth: 0 });
}
