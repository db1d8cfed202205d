import * as z from 'zod';

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { error: 'write the name of a container, as "docker ps" shows it' });

export const containersParams = z.strictObject({
  socket: z
    .string()
    .regex(/^\//, { error: 'write the whole path of a socket, such as "/var/run/docker.sock"' })
    .optional()
    .describe(
      'Ask the engine at this socket, and at no other. It must be there: one that is not is unknown. Without it, every engine that listens in one of the usual places is asked.',
    ),
  mustRun: z
    .array(name)
    .default([])
    .describe(
      'Containers that must run, by name: they are reported when they are missing or do not run, whatever their restart policy and exit code.',
    ),
  exclude: z
    .array(z.string().min(1))
    .default([])
    .describe('Containers to leave out, by name; `*`, `?`, `[…]` and `{…}` as in a shell.'),
  restarts: z
    .int()
    .min(1)
    .max(10_000)
    .default(3)
    .describe(
      'Report a running container (medium) that was started again this often since the look before, and as high for five times as often.',
    ),
});

export type ContainersParams = z.output<typeof containersParams>;
