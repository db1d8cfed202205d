import * as z from 'zod';
import { parseDuration } from '../domain/duration.ts';

/** A duration as runbooks write it (`2s`, `26h`), between two others; milliseconds inside. */
export function durationParam(from: string, to: string) {
  const [least, most] = [parseDuration(from) ?? 0, parseDuration(to) ?? 0];
  return z.string({ error: 'a duration is written like "2s", "15m" or "3d"' }).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null && ms >= least && ms <= most) return ms;
    const message =
      ms === null
        ? `"${text}" is not a duration; write it like "2s", "15m" or "3d"`
        : `"${text}" is not between ${from} and ${to}`;
    context.addIssue({ code: 'custom', message, input: text });
    return z.NEVER;
  });
}
