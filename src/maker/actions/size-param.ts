import * as z from 'zod';
import { parseBytes } from '../../domain/bytes.ts';

/** A size as people write it (`10 MiB`, `512 B`), or its bytes; bytes inside, so that what was parsed parses to itself. */
export function sizeParam() {
  return z
    .union([z.string(), z.number()], { error: 'a size is written like "10 MiB" or "512 B"' })
    .transform((written, context) => {
      const bytes = typeof written === 'number' ? written : parseBytes(written);
      if (bytes !== null && Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
      context.addIssue({
        code: 'custom',
        message: `"${written}" is not a size; write it like "10 MiB" or "512 B"`,
        input: written,
      });
      return z.NEVER;
    });
}
