import * as z from 'zod';

const stall = z.object({ avg10: z.number(), avg60: z.number(), avg300: z.number() });

export const pressureFacts = z.object({ source: z.string(), some: stall, full: stall.nullable() }).nullable();

/** What is seen of the memory of this machine, or of the container that we run in. */
export const memoryFacts = z.object({
  source: z.string(),
  totalBytes: z.number(),
  availableBytes: z.number(),
  swap: z.object({ totalBytes: z.number(), freeBytes: z.number() }).nullable(),
  container: z
    .object({
      source: z.string(),
      memoryLimitBytes: z.number().nullable(),
      memoryUsedBytes: z.number().nullable(),
      cpuLimit: z.number().nullable(),
    })
    .nullable(),
  pressure: pressureFacts,
  posix: z.boolean(),
});

export type MemoryFacts = z.output<typeof memoryFacts>;
