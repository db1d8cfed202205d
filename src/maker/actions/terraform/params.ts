import * as z from 'zod';
import { pathParam } from '../path-param.ts';

export const applyParams = z.strictObject({
  /** The working directory: absolute, initialised. */
  dir: pathParam(),
  /** The saved plan, from `dir`: `plan.bin`, `plans/prod.bin`. */
  plan: z.string().max(1_024).refine(isWithin, {
    error: 'the plan is named from the working directory: "plan.bin", without "..", and not from "/"',
  }),
  program: z.enum(['terraform', 'tofu']).default('terraform'),
});
export type ApplyParams = z.infer<typeof applyParams>;

function isWithin(path: string): boolean {
  return (
    path.isWellFormed() && !path.includes('\0') && path.split('/').every((part) => !['', '.', '..'].includes(part))
  );
}
