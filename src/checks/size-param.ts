import * as z from 'zod';
import { parseBytes } from '../domain/bytes.ts';

/** A size as runbooks write it (`10 MiB`, `512 B`); bytes inside. */
export function sizeParam() {
  return z.string({ error: 'a size is written like "10 MiB", "2 GiB" or "512 B"' }).transform((text, context) => {
    const bytes = parseBytes(text);
    if (bytes !== null) return bytes;
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a size; write it like "10 MiB", "2 GiB" or "512 B"`,
      input: text,
    });
    return z.NEVER;
  });
}
