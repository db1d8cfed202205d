import * as z from 'zod';

/** A share as a plain number from 0 to 100: `85`, not `"85%"`. */
export function percentParam() {
  return z.number({ error: 'a percentage is a plain number, such as 85' }).min(0).max(100);
}
