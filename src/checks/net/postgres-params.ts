import * as z from 'zod';
import { hostParam, patience, portParam } from './tcp-params.ts';

const identifier = () =>
  z.string().regex(/^[\w.-]{1,63}$/, { error: 'write a name of at most 63 letters, digits, ".", "_" or "-"' });

export const postgresParams = z.strictObject({
  host: hostParam(),
  port: portParam().default(5_432),
  user: identifier()
    .default('holdfast')
    .describe('The name that it introduces itself by, without a password. It need not exist.'),
  database: identifier().default('postgres').describe('The database that it asks for; it is never entered on purpose.'),
  tls: z.boolean().default(false).describe('Whether the server must offer TLS (medium when it does not).'),
  ...patience,
});

export type PostgresParams = z.output<typeof postgresParams>;
