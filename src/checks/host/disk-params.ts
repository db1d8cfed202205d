import * as z from 'zod';
import { durationParam } from '../duration-param.ts';
import { percentParam } from '../percent-param.ts';
import { sizeParam } from '../size-param.ts';

const path = z
  .string()
  .regex(/^(?:\/|~(?:\/|$)|[A-Za-z]:[\\/])/, { error: 'write the whole path, or one that starts with ~/' });

export const diskParams = z
  .strictObject({
    paths: z
      .array(path)
      .min(1)
      .optional()
      .describe(
        'Look at the file systems that these folders lie on, and at no others. Network, read-only and small ones count when they are named.',
      ),
    exclude: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Mount points to leave out; `*` stands for anything within one name, `**` for anything at all, as in `/media/**`.',
      ),
    warn: percentParam()
      .default(85)
      .describe(
        'Report a file system (medium) from this percentage on, reckoned as `df` does: what is kept for root counts as used up.',
      ),
    critical: percentParam()
      .default(95)
      .describe(
        'Report it as high from this percentage on, and as critical when less than `criticalFree` is left too.',
      ),
    plentyFree: sizeParam()
      .prefault('100 GiB')
      .describe(
        'With this much left, `warn` reports nothing and `critical` only medium: a percentage of a very large disk means little.',
      ),
    criticalFree: sizeParam()
      .prefault('2 GiB')
      .describe('With less than this left, a file system beyond `critical` is critical.'),
    inodesWarn: percentParam()
      .default(85)
      .describe(
        'Report the inodes (medium) from this percentage on. File systems that do not count them are left out.',
      ),
    inodesCritical: percentParam()
      .default(95)
      .describe('Report the inodes as high from this percentage on, and as critical from 99.'),
    fullWithin: durationParam('0s', '90d')
      .prefault('3d')
      .describe(
        'Report a file system that will be full within this time at the rate of earlier looks; `0s` switches this off. Within a day is high, later medium.',
      ),
    margin: percentParam()
      .max(20)
      .default(2)
      .describe(
        'An open finding stays until the figure is this many points below its threshold, so that it does not come and go.',
      ),
    timeLimit: durationParam('100ms', '20s')
      .prefault('3s')
      .describe(
        'How long one file system may take to answer. One that takes longer is unknown; the others are not held up.',
      ),
  })
  .refine((params) => params.warn <= params.critical, {
    path: ['critical'],
    error: '"critical" must not be below "warn"',
  })
  .refine((params) => params.inodesWarn <= params.inodesCritical, {
    path: ['inodesCritical'],
    error: '"inodesCritical" must not be below "inodesWarn"',
  });

export type DiskParams = z.output<typeof diskParams>;
