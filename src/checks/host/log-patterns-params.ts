import * as z from 'zod';
import { SEVERITIES } from '../../domain/severity.ts';
import { sizeParam } from '../size-param.ts';
import { partsOf } from './line-matcher.ts';

const MIB = 1024 * 1024;

const path = z
  .string()
  .regex(/^(?:\/|~\/)/, { error: 'write the whole path of a file, or one that starts with ~/' })
  .max(4_096);

const pattern = z
  .string()
  .max(500)
  .refine((text) => partsOf(text).length > 0, {
    error: 'write some text to look for; a pattern of stars fits every line',
  });

const wanted = z.strictObject({
  match: pattern,
  except: z.array(pattern).max(50).default([]),
  name: z.string().min(1).max(80).optional(),
  severity: z.enum(SEVERITIES).default('medium'),
  atLeast: z.int().min(1).max(1_000_000).default(1),
});

export type WantedPattern = z.output<typeof wanted>;

/** What a pattern's finding is known by. */
export function keyOf({ name, match }: WantedPattern): string {
  return name ?? match;
}

export const logPatternsParams = z
  .strictObject({
    path: z
      .union([path, z.array(path).min(1).max(50)])
      .describe('The log file, or several that are looked at one by one; no wildcards. `~/` is the home folder.'),
    patterns: z
      .array(z.union([pattern.transform((match) => wanted.parse({ match })), wanted]))
      .min(1)
      .max(50)
      .describe(
        'What to look for in each line: a text, with `*` for anything in between (`\\*` is a star). Or a map: `match` is the text, `except` are texts of which none may be in the line, `name` is what the finding is known by (else the text), `severity` is medium unless written, `atLeast` is how many lines it takes (1).',
      ),
    ignoreCase: z.boolean().default(false).describe('Take capital and small letters for the same, in all patterns.'),
    mayBeMissing: z
      .boolean()
      .default(false)
      .describe(
        'The file may be missing, as one that is made with the first error is. Else a missing file is unknown.',
      ),
    atMost: sizeParam()
      .refine((bytes) => bytes >= 64 * 1024 && bytes <= 64 * MIB, { error: 'write a size between 64 KiB and 64 MiB' })
      .prefault('8 MiB')
      .describe('How much is read of a file in one look. Of more than that the last part is read, and that is said.'),
  })
  .refine(({ patterns }) => new Set(patterns.map(keyOf)).size === patterns.length, {
    path: ['patterns'],
    error: 'two patterns have the same name or text; give each a "name" of its own',
  });

export type LogPatternsParams = z.output<typeof logPatternsParams>;
