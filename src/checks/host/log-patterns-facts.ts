import * as z from 'zod';
import { SEVERITIES } from '../../domain/severity.ts';

const place = z.object({ ino: z.string(), offset: z.number(), head: z.string(), tail: z.string() });

/** What was seen of a log file, under two resources: how far it was read, and what its new lines hold. */
export const logFacts = z.discriminatedUnion('about', [
  z.object({
    about: z.literal('file'),
    path: z.string(),
    place,
    /** Tells entries of one runbook apart that look at the same file for different things. */
    asked: z.string(),
    since: z.enum(['first-look', 'same', 'rotated', 'truncated', 'missing']),
  }),
  z.object({
    about: z.literal('lines'),
    path: z.string(),
    since: z.enum(['same', 'rotated', 'truncated']),
    /** Since the last look, milliseconds. */
    sinceMs: z.number(),
    lines: z.number(),
    cutLines: z.number(),
    bytesRead: z.number(),
    bytesSkipped: z.number(),
    isRestLost: z.boolean(),
    patterns: z.array(
      z.object({
        key: z.string(),
        severity: z.enum(SEVERITIES),
        atLeast: z.number(),
        count: z.number(),
        /** The last few of the lines, cut to what a person reads. */
        last: z.array(z.string()),
      }),
    ),
  }),
]);

export type LinesFacts = Extract<z.output<typeof logFacts>, { about: 'lines' }>;
export type PatternCount = LinesFacts['patterns'][number];

/** What is remembered of a log file: where the next look goes on. */
export const logSample = z.object({ place, asked: z.string() });
