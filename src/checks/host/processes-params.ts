import * as z from 'zod';
import { durationParam } from '../duration-param.ts';

export const processParams = z.strictObject({
  zombies: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('Report a program from this many lasting zombies on; a few do no harm, more show that it forgets them.'),
  lasting: durationParam('1m', '1d')
    .prefault('5m')
    .describe('How long a process must have been a zombie, or stuck, as earlier looks saw it.'),
});

export type ProcessParams = z.output<typeof processParams>;
