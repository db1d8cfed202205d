import type { StepOutcome } from '../../../domain/action.ts';
import type { Failure } from '../../../domain/check.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { printable } from '../../../domain/printable.ts';
import type { Tally } from '../../../providers/host/writer.ts';

/** What a tally of files comes to: nothing done is a refusal, some done and some not is a part. */
export function tallyOutcome(tally: Tally, about: JsonObject): StepOutcome {
  const failure = tally.stopped ?? (tally.movedCount === 0 ? null : leftAlone(tally));
  const receipt = { ...about, files: tally.files, bytes: tally.bytes, left: tally.movedCount };
  if (failure === null) return { status: 'done', receipt };
  if (tally.files > 0) return { status: 'partial', receipt, failure };
  return { status: 'refused', because: becauseOf(tally, failure), failure };
}

function leftAlone({ moved, movedCount }: Tally): Failure {
  const more = movedCount > moved.length ? `, and ${movedCount - moved.length} more` : '';
  const names = moved.map((path) => printable(path)).join(', ');
  return {
    code: 'FILES_MOVED',
    message: `Left alone, as they changed or went away meanwhile: ${names}${more}.`,
  };
}

function becauseOf({ stopped }: Tally, { code }: Failure): 'moved' | 'denied' | 'failed' {
  if (stopped === null || MOVED.has(code)) return 'moved';
  return DENIED.has(code) ? 'denied' : 'failed';
}

const MOVED = new Set(['SET_MOVED', 'ENOENT', 'ENOTDIR', 'ELOOP']);
const DENIED = new Set(['EACCES', 'EPERM']);
