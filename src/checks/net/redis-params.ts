import * as z from 'zod';
import { hostParam, patience, portParam } from './tcp-params.ts';

export const redisParams = z
  .strictObject({
    host: hostParam(),
    port: portParam().default(6_379),
    password: z
      .strictObject({ env: z.string().min(1).describe('Name of the environment variable that holds it.') })
      .optional()
      .describe('Where the password is, as `{ env: NAME }`; the password itself is never written in a runbook.'),
    user: z
      .string()
      .regex(/^[^\s\p{Cc}]{1,128}$/u, { error: 'write a name without spaces' })
      .optional()
      .describe('The user of the access control list (Redis 6 and newer); without it the default one.'),
    replication: z
      .boolean()
      .default(true)
      .describe('Whether to look at its replication too, for which most servers with a password want it.'),
    replicas: z
      .int()
      .min(0)
      .max(1_000)
      .optional()
      .describe('How many replicas a master must have connected at least (high when there are fewer).'),
    ...patience,
  })
  .refine(({ user, password }) => user === undefined || password !== undefined, {
    path: ['user'],
    error: 'a user logs in with a password; write "password: { env: NAME }" too',
  })
  .refine(({ replication, replicas }) => replication || replicas === undefined, {
    path: ['replicas'],
    error: 'replicas are counted only with "replication: true"',
  });

export type RedisParams = z.output<typeof redisParams>;
