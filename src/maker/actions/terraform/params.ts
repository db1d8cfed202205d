import * as z from 'zod';
import { pathParam } from '../path-param.ts';

export const applyParams = z.strictObject({
  dir: pathParam().describe('The working directory, initialised, by its absolute path.'),
  plan: z
    .string()
    .max(1_024)
    .refine(isWithin, {
      error: 'the plan is named from the working directory: "plan.bin", without "..", and not from "/"',
    })
    .describe('The saved plan, named from the working directory: `plan.bin`, `plans/prod.bin`.'),
  program: z.enum(['terraform', 'tofu']).default('terraform').describe('Which program made the plan and applies it.'),
});
export type ApplyParams = z.infer<typeof applyParams>;

function isWithin(path: string): boolean {
  return (
    path.isWellFormed() && !path.includes('\0') && path.split('/').every((part) => !['', '.', '..'].includes(part))
  );
}
