import * as z from 'zod';

/** What was seen of a container; or of one that must run, that there is none of its name. */
export const containerFacts = z.discriminatedUnion('about', [
  z.object({
    about: z.literal('missing'),
    container: z.string(),
    /** Where it was looked for. */
    engines: z.array(z.string()),
  }),
  z.object({
    about: z.literal('container'),
    engine: z.string(),
    command: z.enum(['docker', 'podman']),
    socket: z.string(),
    id: z.string(),
    container: z.string(),
    image: z.string(),
    state: z.string(),
    /** As the list says it: `Up 2 hours (healthy)`. */
    status: z.string(),
    mustRun: z.boolean(),
    /** null: the list said enough, it has been up for days. */
    details: z
      .object({
        exitCode: z.number().nullable(),
        error: z.string().nullable(),
        oomKilled: z.boolean(),
        startedAt: z.number().nullable(),
        finishedAt: z.number().nullable(),
        restartCount: z.number(),
        restartPolicy: z.object({ name: z.string(), maximumRetryCount: z.number() }),
        health: z.object({ status: z.string(), failingStreak: z.number() }).nullable(),
      })
      .nullable(),
  }),
]);

export type ContainerFacts = Extract<z.output<typeof containerFacts>, { about: 'container' }>;
export type MissingFacts = Extract<z.output<typeof containerFacts>, { about: 'missing' }>;

/** What is remembered of a container for the next look. */
export const containerSample = z.object({ id: z.string(), restartCount: z.number() });
