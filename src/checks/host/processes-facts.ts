import * as z from 'zod';

/** A process that nothing else can be mistaken for: `<pid>:<start>`. */
const key = z.string();

/** What is seen of one program: its processes that wait, and the zombies that it has not taken notice of. */
export const processFacts = z.object({
  source: z.string(),
  program: z.string(),
  zombies: z.number(),
  /** The oldest first, at most KEPT. */
  zombieKeys: z.array(key),
  /** Processes of the program that have zombies, with how many; at most 10. */
  parents: z.array(z.string()),
  /** Names of the zombies' programs; at most 10. */
  children: z.array(z.string()),
  waiting: z.array(z.object({ key, pid: z.number(), switches: z.number().nullable() })),
});

export type ProcessFacts = z.output<typeof processFacts>;

/** What is remembered for the next looks. */
export const processSample = processFacts.pick({ zombieKeys: true, waiting: true });

/** How many processes of each sort are remembered by name. */
export const KEPT = 100;
