import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Where one attempt keeps the copy of the plan that is applied (`plan`) and what the program says of it
 * (`said.jsonl`), and its process (`pid`). Its name follows from the step's idempotency key, so that after a crash it is found again;
 * it is made before the program is started, so that where it is not, nothing was.
 */
export function applyFolder(dir: string, key: string): string {
  return join(dir, '.terraform', `holdfast-${createHash('sha256').update(key).digest('hex').slice(0, 24)}`);
}

export const SAID = 'said.jsonl';
export const COPY = 'plan';
/** The number of the process, once it was started. */
export const PID = 'pid';
/** More than this is not read of what the program said. */
export const SAID_AT_MOST = 64 * 2 ** 20;
