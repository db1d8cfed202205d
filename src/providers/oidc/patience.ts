import { setTimeout as sleep } from 'node:timers/promises';
import type { Looked } from '../../domain/failure.ts';
import type { JsonAnswer } from './get-json.ts';

export interface Patience {
  /** For one attempt, milliseconds. */
  readonly timeoutMs: number;
  /** Before each further attempt, milliseconds; so many further ones there are. */
  readonly pausesMs: readonly number[];
}

/** Half a minute at the most for one question: a job that waits is paid for. */
export const PATIENCE: Patience = { timeoutMs: 10_000, pausesMs: [250, 1_000] };

/** Asks until there is an answer, or asking again can't help, or patience ends; then the last trouble. Throws an abort. */
export async function patiently(
  attempt: () => Promise<JsonAnswer>,
  pausesMs: readonly number[],
  signal: AbortSignal,
): Promise<Looked<unknown>> {
  let answer = await attempt();
  for (const pause of pausesMs) {
    if (!answer.again) break;
    await sleep(pause, undefined, { signal });
    answer = await attempt();
  }
  return answer.looked;
}
