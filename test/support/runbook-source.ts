import type { Mistake } from '../../src/domain/mistake.ts';
import type { LoadedRunbook } from '../../src/runbooks/loaded-runbook.ts';
import { loadRunbook } from '../../src/runbooks/load.ts';
import type { RunbookSource } from '../../src/runbooks/read.ts';
import { decode } from '../../src/runbooks/read.ts';
import { catalogForTests } from './catalog.ts';

/** A source as the reader would make it of a file with this text. */
export function sourceOf(text: string, path = 'runbooks/test.yaml'): RunbookSource {
  const read = decode(path, `/srv/${path}`, new TextEncoder().encode(text));
  if (read.status === 'refused') throw new Error(said(read.mistake));
  return read.source;
}

export async function load(text: string, path?: string): Promise<LoadedRunbook> {
  return loadRunbook(sourceOf(text, path), catalogForTests());
}

/** The mistakes of a text, one line each: `CODE line:column message`, warnings with a `?` before. */
export async function mistakesOf(text: string, path?: string): Promise<string[]> {
  return (await load(text, path)).mistakes.map(said);
}

export function said(mistake: Mistake): string {
  const mark = mistake.level === 'warning' ? '? ' : '';
  return `${mark}${mistake.code} ${mistake.where.line}:${mistake.where.column} ${mistake.message}`;
}
