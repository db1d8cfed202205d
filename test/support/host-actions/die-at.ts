import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { SealedStep } from '../../../src/domain/plan.ts';

const SCRIPT = join(import.meta.dirname, 'hold-and-die.ts');

/** Carries out a step in a process of its own that dies before its n-th change of the file system; null: it died. */
export function dieAt(
  point: number,
  name: string,
  step: SealedStep,
  root: string,
): { readonly changes: number } | null {
  const ran = spawnSync(process.execPath, [SCRIPT, name, JSON.stringify(step), root, String(point)], {
    encoding: 'utf8',
  });
  if (ran.signal === 'SIGKILL') return null;
  if (ran.status !== 0) throw new Error(ran.stderr);
  const said: unknown = JSON.parse(ran.stdout);
  if (typeof said !== 'object' || said === null || !('changes' in said) || typeof said.changes !== 'number')
    throw new Error(`it said ${ran.stdout}`);
  return { changes: said.changes };
}
