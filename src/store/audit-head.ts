import { headOf, type AuditHead } from '../domain/audit-seal.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { readIfThere, replaceFile } from './whole-files.ts';

/** What the file of the head holds; `damaged`: not byte for byte what Holdfast writes. */
export type HeadFile =
  | { readonly status: 'none' }
  | { readonly status: 'damaged' }
  | { readonly status: 'head'; readonly head: AuditHead };

export function readHead(path: string): HeadFile {
  const text = readIfThere(path);
  if (text === null) return { status: 'none' };
  const head = headOf(parse(text));
  return head === null || render(head) !== text ? { status: 'damaged' } : { status: 'head', head };
}

export function writeHead(path: string, head: AuditHead): void {
  replaceFile(path, render(head));
}

function render(head: AuditHead): string {
  return `${canonicalJson(head)}\n`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // damaged: the caller says so
  }
}
