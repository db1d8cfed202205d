import * as z from 'zod';
import { durationParam } from '../duration-param.ts';

export const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/;
export const HOST_HELP = 'write a name or an address, such as "example.com" or "::1"; the port goes into "port"';

/** A name or an address; the brackets of an IPv6 address are taken off. */
export function hostParam() {
  return z
    .string()
    .transform((text) => text.replace(/^\[(.*)\]$/, '$1'))
    .refine((text) => HOST.test(text), { error: HOST_HELP })
    .describe('The server: a name or an address.');
}

export function portParam() {
  return z.int().min(1).max(65_535).describe('The port that it listens on.');
}

/** How patient to be with a server: the same for every check that opens a connection of its own. */
export const patience = {
  timeout: durationParam('10ms', '20s').prefault('10s').describe('How long one attempt may take in all.'),
  attempts: z
    .int()
    .min(1)
    .max(3)
    .default(2)
    .describe('How often to try when there is no answer. One lost packet is no outage.'),
};

export const tcpParams = z.strictObject({
  host: hostParam(),
  port: portParam(),
  within: durationParam('1ms', '20s')
    .optional()
    .describe('Report (medium) when connecting took longer than this, from asking for the name on.'),
  ...patience,
});

export type TcpParams = z.output<typeof tcpParams>;
