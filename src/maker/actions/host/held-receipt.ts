import type { Reconciled } from '../../../domain/action.ts';
import { seen, type Looked } from '../../../domain/failure.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { HostReader } from '../../../providers/host/reader.ts';
import type { FileSet } from '../../../providers/host/writer.ts';

/** What undoing needs to find again what a step did with files. */
export function heldReceipt({ root, folder, digest }: FileSet, held: string): JsonObject {
  return { root, path: folder, held, manifest: digest };
}

/** What became of a step that notes what it does in the holding area: without a note nothing was begun. */
export async function reconcileHeld(reader: HostReader, set: FileSet, name: string): Promise<Looked<Reconciled>> {
  const found = await reader.held(set.root, name);
  if (found.status === 'unknown') return found;
  if (found.value === null) return seen({ status: 'not-done' });
  const { away, blocked, back, lost } = found.value;
  const done = [...away, ...blocked];
  if (done.length === 0 && lost.length === 0) return seen({ status: 'not-done' });
  const receipt = {
    ...heldReceipt(set, name),
    files: done.length,
    bytes: done.reduce((sum, { size }) => sum + size, 0),
    left: back.length + lost.length,
  };
  if (back.length === 0 && lost.length === 0) return seen({ status: 'done', receipt });
  const message = `The process died in the middle: it was done with ${done.length} files; ${back.length} are untouched, ${lost.length} not where they were.`;
  return seen({ status: 'partial', receipt, failure: { code: 'CUT_OFF', message } });
}
