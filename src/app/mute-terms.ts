import { CodedError } from '../domain/coded-error.ts';
import { parseDuration } from '../domain/duration.ts';

/** The longest that a mute may hold: who needs more should say so again. */
const MUTE_MAX_MS = 366 * 86_400_000;

/** When a mute ends: `for` is a duration, `until` a date or RFC 3339 time. One of them is required. */
export interface MuteEnd {
  readonly for?: string | undefined;
  readonly until?: string | undefined;
}

/** The instant at which it ends; throws MUTE_INVALID when that is not said, not in the future or more than 366 days away. */
export function muteEnd(mute: MuteEnd, now: number): number {
  if (mute.for !== undefined && mute.until !== undefined)
    throw new CodedError('MUTE_INVALID', 'a mute has one end', { next: 'write --for or --until, not both' });
  const until = mute.for === undefined ? untilInstant(mute.until) : now + (parseDuration(mute.for) ?? Number.NaN);
  const said = mute.for ?? mute.until ?? '';
  if (!Number.isFinite(until)) {
    throw new CodedError('MUTE_INVALID', `"${said}" is not an end for a mute`, {
      next: 'write --for 7d, or --until 2026-12-31',
    });
  }
  if (until <= now) throw new CodedError('MUTE_INVALID', `"${said}" is not in the future`, { next: 'write --for 7d' });
  if (until - now > MUTE_MAX_MS) {
    throw new CodedError('MUTE_INVALID', `"${said}" is more than a year away`, {
      next: 'mute for at most 366d, and look again then',
    });
  }
  return until;
}

/** The reason without the space around it; throws MUTE_INVALID when there is none. */
export function muteReason(reason: string): string {
  if (reason.trim() === '')
    throw new CodedError('MUTE_INVALID', 'a mute needs a reason', { next: 'add --reason "why"' });
  return reason.trim();
}

/** A date alone means its end, on this machine's clock. */
function untilInstant(until: string | undefined): number {
  if (until === undefined) {
    throw new CodedError('MUTE_INVALID', 'a mute needs an end', { next: 'add --for 7d, or --until 2026-12-31' });
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(until)) return Date.parse(`${until}T23:59:59`);
  return /^\d{4}-\d{2}-\d{2}T/.test(until) ? Date.parse(until) : Number.NaN;
}
