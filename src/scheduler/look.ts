import type {
  Check,
  Failure,
  FindingDraft,
  Hidden,
  History,
  Observation,
  ReadContext,
  ResourceId,
  Seen,
  Together,
} from '../domain/check.ts';
import type { Clock } from '../domain/clock.ts';
import type { JsonObject } from '../domain/json.ts';
import { isWithinSize } from './size.ts';

/** What one entry of a runbook brought to light. */
export type Look =
  | {
      readonly status: 'looked';
      readonly seen: readonly Judged[];
      readonly hidden: readonly Hidden[];
      readonly note: string | null;
    }
  | { readonly status: 'unknown'; readonly failure: Failure };

export interface Judged {
  readonly seen: Seen;
  readonly drafts: readonly FindingDraft[];
  readonly sample: JsonObject | null;
}

/** What a check may hand back at most; more makes it unknown instead of filling memory and disk. */
export const OBSERVATIONS_MAX = 10_000;
export const OBSERVED_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Runs one check: read within its time limit, then judge. Whatever goes wrong inside the check
 * becomes `unknown` with the reason; a check that ignores its signal is left behind, not waited for.
 */
export async function look(
  check: Check,
  openReader: () => Promise<unknown>,
  params: unknown,
  historyOf: (resource: ResourceId) => History,
  deps: { readonly clock: Clock; readonly signal: AbortSignal; readonly together: Together },
): Promise<Look> {
  try {
    const observations = await readInTime(check, openReader, params, {
      ...deps,
      earlier: (resource) => historyOf(resource).samples,
    });
    const tooMuch = excess(observations);
    if (tooMuch !== null) return { status: 'unknown', failure: tooMuch };
    return judgeAll(check, params, observations, historyOf);
  } catch (error) {
    return { status: 'unknown', failure: failureOf(error) };
  }
}

function readInTime(
  check: Check,
  openReader: () => Promise<unknown>,
  params: unknown,
  deps: ReadContext,
): Promise<readonly Observation[]> {
  const limit = new AbortController();
  const signal = AbortSignal.any([limit.signal, deps.signal]);
  const context: ReadContext = { ...deps, signal };
  return new Promise<readonly Observation[]>((resolve, reject) => {
    const timer = setTimeout(() => limit.abort(), check.timeoutMs);
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(limit.signal.aborted ? new CheckTimeout(check.timeoutMs) : new RunAborted());
    };
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    void openReader()
      .then((reader) => check.read(reader, params, context))
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

class CheckTimeout extends Error {
  readonly code = 'TIMEOUT';
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}

class RunAborted extends Error {
  readonly code = 'RUN_ABORTED';
  constructor() {
    super('the run ended before this check did');
  }
}

function excess(observations: readonly Observation[]): Failure | null {
  if (!Array.isArray(observations))
    return { code: 'CHECK_BROKEN', message: 'the check returned no list of observations' };
  if (observations.length > OBSERVATIONS_MAX) {
    return {
      code: 'CHECK_OUTPUT_TOO_LARGE',
      message: `the check returned ${observations.length} observations; at most ${OBSERVATIONS_MAX} are taken`,
    };
  }
  if (!isWithinSize(observations, OBSERVED_BYTES_MAX)) {
    return {
      code: 'CHECK_OUTPUT_TOO_LARGE',
      message: `the check returned more than ${OBSERVED_BYTES_MAX / 1024 / 1024} MiB`,
    };
  }
  return null;
}

function judgeAll(
  check: Check,
  params: unknown,
  observations: readonly Observation[],
  historyOf: (resource: ResourceId) => History,
): Look {
  const hidden = observations.filter((observation) => observation.status === 'unknown');
  const seen = observations
    .filter((observation) => observation.status === 'seen')
    .map((observation) => judgeOne(check, params, observation, historyOf(observation.resource)));
  return { status: 'looked', seen, hidden, note: check.summary?.(seen.map((judged) => judged.seen)) ?? null };
}

function judgeOne(check: Check, params: unknown, seen: Seen, history: History): Judged {
  return { seen, drafts: check.judge(seen, params, history), sample: check.sample?.(seen) ?? null };
}

/** An error's code where it has one; its message, and its cause's where fetch hides the reason there. */
function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: 'CHECK_THREW', message: `the check threw ${typeof error}` };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'CHECK_THREW';
  return { code, message: `${error.message}${cause}` };
}
