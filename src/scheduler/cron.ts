/** A cron expression that was understood. */
export interface ParsedCron {
  readonly status: 'ok';
  /** The first firing strictly after an instant, both in milliseconds since the epoch; null when there is none any more. */
  nextAfter(afterMs: number): number | null;
}

export interface BadCron {
  readonly status: 'invalid';
  /** What is wrong with it and what to write instead, to stand after the expression. */
  readonly reason: string;
}

/**
 * Understands five cron fields or a nickname (`@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`)
 * in an IANA zone. Evaluated by croner 11, which keeps to Vixie cron when the clocks change: a fixed time in the
 * spring gap runs right after it, in the autumn overlap once, and an interval such as every thirty minutes never pauses
 * (facts/queue.md section 6). Day of month and weekday are ORed; `+MON` asks for both.
 *
 * Six and seven fields are refused: a runbook runs at most once a minute, and the same six fields mean seconds
 * to one cron and years to another. So is an expression that never fires.
 */
export async function parseCron(expression: string, zone: string): Promise<ParsedCron | BadCron> {
  const written = expression.trim();
  const refusal = refuse(written);
  if (refusal !== null) return { status: 'invalid', reason: refusal };
  const evaluate = await loadCron();
  try {
    const nextAfter = evaluate(written, zone);
    if (nextAfter(SOME_INSTANT) === null) return { status: 'invalid', reason: 'never fires: no calendar has that day' };
    return { status: 'ok', nextAfter };
  } catch (error) {
    return { status: 'invalid', reason: `is not a cron expression: ${tidy(error)}` };
  }
}

/** Evaluates an expression that parseCron accepts, in a zone; throws for any other. */
export type EvaluateCron = (expression: string, zone: string) => ParsedCron['nextAfter'];

/**
 * Loads croner, so that who has nothing to do with cron does not pay for it (3.5 ms, 1.3 MB).
 * What an evaluation returns holds on to some 80 KB: ask it and drop it.
 */
export async function loadCron(): Promise<EvaluateCron> {
  const { Cron } = await import('croner');
  return (expression, zone) => {
    const cron = new Cron(expression.trim(), { timezone: zone, paused: true, mode: '5-part' });
    return (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() ?? null;
  };
}

/** Whether an expression ever fires does not depend on when one asks; the rule must not read a clock. */
const SOME_INSTANT = Date.UTC(2026, 0, 1);

const NICKNAMES: ReadonlySet<string> = new Set([
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
]);

function refuse(written: string): string | null {
  if (written.length > 200) return 'is too long for a cron expression';
  const every = /^@every\s+(\S+)$/.exec(written);
  if (every) return `is not cron; write "every: ${every[1]}"`;
  if (written.startsWith('@')) {
    return NICKNAMES.has(written.toLowerCase()) ? null : `is not a nickname; there are ${[...NICKNAMES].join(', ')}`;
  }
  if (/^(?:CRON_)?TZ=/.test(written)) return 'names a time zone; write it as "timezone:"';
  const fields = written === '' ? 0 : written.split(/\s+/).length;
  if (fields === 6 || fields === 7)
    return `has ${fields} fields; seconds and years are not accepted, write minute, hour, day, month and weekday`;
  return fields === 5 ? null : `has ${fields} of the 5 fields minute, hour, day of month, month and weekday`;
}

function tidy(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^CronPattern:\s*/, '').slice(0, 160);
}
