import * as z from 'zod';
import { durationParam } from '../duration-param.ts';
import { sizeParam } from '../size-param.ts';
import { parseJsonPath } from '../../domain/json-path.ts';

const status = z.union([
  z.int().min(100).max(599),
  z.string().regex(/^[1-5]xx$/, { error: 'write a status such as 200, a class such as "2xx", or a list of them' }),
]);

const oneOrMore = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([schema.transform((one) => [one]), z.array(schema).min(1)]);

/** A value as it stands, or one from the environment, which is never shown. */
const header = z.union([
  z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, { error: 'a header must not hold control characters' }),
  z.strictObject({
    env: z.string().min(1).describe('Name of the environment variable that holds the value.'),
    prefix: z
      .string()
      .regex(/^[\x20-\x7e]*$/)
      .default('')
      .describe('Written before the value, such as `"Bearer "`.'),
  }),
]);

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'this is not a name of a header' })
  .refine(
    (name) => !/^(?:connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/i.test(name),
    { error: 'this header is about the connection and can not be set' },
  );

const jsonCondition = z.strictObject({
  path: z
    .string()
    .refine((path) => parseJsonPath(path) !== null, { error: 'write a path such as "$.status" or "$.checks[0].state"' })
    .describe('The place in the body: `$.status`, `$.checks[0].state`, `$["a key"]`.'),
  equals: z
    .union([z.string(), z.number(), z.boolean(), z.null()])
    .optional()
    .describe('The value that must be there, of the same type; without it any value will do.'),
});

const url = z
  .string()
  .refine((text) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? ''), {
    error: 'write a whole URL that starts with http:// or https://',
  })
  .describe('The endpoint. A user and password in it are sent, but never shown.');

const HEAD_HAS_NO_BODY =
  '"HEAD" asks for no body, so nothing can be said about it; leave out contains, lacks and json, or use "GET"';

export const httpParams = z
  .strictObject({
    url,
    method: z.enum(['GET', 'HEAD']).default('GET').describe('`HEAD` asks for no body.'),
    status: z
      .union([status.transform((one) => [one]), z.array(status).min(1)])
      .prefault('2xx')
      .describe('The status that is right: a number, a class such as `2xx`, or a list of both.'),
    within: durationParam('1ms', '30s')
      .optional()
      .describe(
        'Report (medium) when a right answer took longer than this, from asking for the name to the last byte that was needed.',
      ),
    contains: oneOrMore(z.string().min(1).max(1_000))
      .optional()
      .describe('A text, or several, that the body must hold. Plain text, no patterns: their cost can not be bounded.'),
    lacks: oneOrMore(z.string().min(1).max(1_000))
      .optional()
      .describe('A text, or several, that the body must not hold.'),
    json: z
      .union([jsonCondition.transform((one) => [one]), z.array(jsonCondition).min(1)])
      .optional()
      .describe('A place in the JSON of the body, or several, and what must be there.'),
    headers: z
      .record(headerName, header)
      .default({})
      .describe('Headers to send: a text, or `{ env: NAME, prefix: "Bearer " }` for what is secret.'),
    redirects: z
      .enum(['judge', 'follow'])
      .default('judge')
      .describe(
        '`judge` takes a redirect for the answer; `follow` follows up to five: only to http and https, never from https to http, and without your headers once they lead to another origin.',
      ),
    ca: z.string().min(1).optional().describe('A PEM file of your own authorities, trusted besides the usual ones.'),
    timeout: durationParam('10ms', '30s')
      .prefault('10s')
      .describe('How long one attempt may take in all, redirects and body included.'),
    attempts: z
      .int()
      .min(1)
      .max(3)
      .default(2)
      .describe(
        'How often to ask until the answer is right; only the last answer counts. One lost packet is no outage.',
      ),
    maxBody: sizeParam()
      .refine((bytes) => bytes >= 1 && bytes <= 16 * 2 ** 20, { error: 'must be between 1 B and 16 MiB' })
      .prefault('1 MiB')
      .describe('How much of the body is read at most. Of a body that no condition is about, nothing is.'),
  })
  .refine(({ method, contains, lacks, json }) => method === 'GET' || (contains ?? lacks ?? json) === undefined, {
    path: ['method'],
    error: HEAD_HAS_NO_BODY,
  });

export type HttpParams = z.output<typeof httpParams>;
