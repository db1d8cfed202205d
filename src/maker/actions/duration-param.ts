import * as z from 'zod';
import { parseDuration } from '../../domain/duration.ts';

/**
 * A duration as people write it (`30d`, `12h`), or its milliseconds; milliseconds inside, so that what was
 * parsed parses to itself.
 */
export function durationParam(from: string, to: string) {
  const [least, most] = [parseDuration(from) ?? 0, parseDuration(to) ?? 0];
  return z
    .union([z.string(), z.number()], { error: 'a duration is written like "12h" or "30d"' })
    .transform((written, context) => {
      const ms = typeof written === 'number' ? written : parseDuration(written);
      if (ms !== null && Number.isInteger(ms) && ms >= least && ms <= most) return ms;
      const message =
        ms === null
          ? `"${written}" is not a duration; write it like "12h" or "30d"`
          : `${typeof written === 'number' ? `${written} ms` : `"${written}"`} is not between ${from} and ${to}; write it like "12h" or "30d"`;
      context.addIssue({ code: 'custom', message, input: written });
      return z.NEVER;
    });
}
