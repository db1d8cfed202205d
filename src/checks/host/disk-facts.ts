import * as z from 'zod';

/** What is seen of one file system. */
export const diskFacts = z.object({
  mountPoint: z.string(),
  device: z.string(),
  fsType: z.string(),
  totalBytes: z.number(),
  usedBytes: z.number(),
  availableBytes: z.number(),
  inodes: z.number(),
  inodesUsed: z.number(),
  inodesFree: z.number(),
  /** False where there is no `du` to recommend. */
  posix: z.boolean(),
});

export type DiskFacts = z.output<typeof diskFacts>;

/** What is remembered of it for the next looks. */
export const diskSample = diskFacts.pick({ totalBytes: true, usedBytes: true });
