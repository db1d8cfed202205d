import { closeSync, constants, futimesSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../domain/clock.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';
import type { Trouble } from '../domain/told.ts';
import type { DeadManConfig } from '../notify-config.ts';
import type { NotifierDeps } from './deps.ts';
import { codeOf, failed } from './failed.ts';
import { fromHome } from './from-home.ts';
import { urlFrom } from './from-environment.ts';
import { request } from './request.ts';

/** The code of the trouble when the sign of life can not be given; its subject is empty. */
export const DEAD_MAN_FAILS = 'DEAD_MAN_FAILS';

const TIMEOUT_MS = 10_000;
/** After this many failures in a row it is trouble: one request may always be lost. */
const FAILURES = 3;

export interface DeadMan {
  /** Gives the sign of life; rejects with the reason. */
  give(signal: AbortSignal): Promise<void>;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly redactor: Pick<Redactor, 'text'>;
  /** Monotonic time of the last try; null before the first. */
  lastTry: number | null;
  failures: number;
  busy: boolean;
}

/** What a round's sign of life came to. */
export type SignOfLife = 'not-due' | 'given' | 'missed' | Trouble;

/** null when the configuration asks for none. */
export function openDeadMan(config: DeadManConfig | undefined, deps: NotifierDeps): DeadMan | null {
  if (config === undefined) return null;
  return {
    give: async (signal) => {
      if (config.touch !== undefined) touch(fromHome(config.touch, deps.home), deps.clock.now());
      if (config.url !== undefined || config.urlEnv !== undefined) await ping(config, deps, signal);
    },
    everyMs: config.every,
    clock: deps.clock,
    redactor: deps.redactor,
    lastTry: null,
    failures: 0,
    busy: false,
  };
}

/**
 * A sign of life outwards, after a round of the loop: at most every `every`, and only when the round was
 * healthy, so that somebody outside notices silence. Never rejects; after three failures in a row it
 * resolves to the trouble, and to `given` when all is well. The loop need not wait for it.
 */
export async function tickDeadMan(deadMan: DeadMan | null, healthy: boolean, signal: AbortSignal): Promise<SignOfLife> {
  if (deadMan === null || !healthy || deadMan.busy || signal.aborted) return 'not-due';
  const now = deadMan.clock.monotonic();
  if (deadMan.lastTry !== null && now - deadMan.lastTry < deadMan.everyMs) return 'not-due';
  deadMan.lastTry = now;
  deadMan.busy = true;
  try {
    await deadMan.give(signal);
    deadMan.failures = 0;
    return 'given';
  } catch (error) {
    deadMan.failures += 1;
    return signal.aborted || deadMan.failures < FAILURES ? 'missed' : trouble(error, deadMan);
  } finally {
    deadMan.busy = false;
  }
}

function touch(path: string, now: number): void {
  const { O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, O_CREAT | O_WRONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0), 0o600);
    try {
      futimesSync(file, now / 1_000, now / 1_000);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw failed(`${path} could not be touched: ${codeOf(error) ?? 'no reason given'}`, { cause: error });
  }
}

async function ping(config: DeadManConfig, deps: NotifierDeps, signal: AbortSignal): Promise<void> {
  await request({
    url: urlFrom(config.url, config.urlEnv, deps),
    method: config.method,
    headers: { 'user-agent': 'holdfast' },
    body: null,
    signal,
    timeoutMs: TIMEOUT_MS,
  });
}

function trouble(error: unknown, { redactor }: DeadMan): Trouble {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: DEAD_MAN_FAILS,
    subject: '',
    severity: 'high',
    text: redactor.text(`the sign of life outwards fails: ${reason}`),
    runbook: null,
    notThrough: [],
  };
}
