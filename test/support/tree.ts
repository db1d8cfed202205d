import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of its own, put away by `using`. */
export interface Tree extends Disposable {
  readonly path: string;
}

/** Files by path, with their text, in a fresh temporary folder. */
export function tree(files: Readonly<Record<string, string>> = {}): Tree {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-tree-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
