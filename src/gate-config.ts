import * as z from 'zod';
import { parseDuration } from './domain/duration.ts';

const absolute = z.string().regex(/^\//, 'an absolute path');
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'lower-case letters, digits and dashes');
const duration = z.string().transform((written, context) => {
  const ms = parseDuration(written);
  if (ms !== null && ms > 0) return ms;
  context.addIssue({ code: 'custom', message: `"${written}" is not a duration; write it like "30s" or "5m"` });
  return z.NEVER;
});

const commandParam = z.union([
  z.strictObject({ oneOf: z.array(z.string().max(200)).min(1) }),
  z.strictObject({ integer: z.strictObject({ min: z.int(), max: z.int() }) }),
]);

const command = z.strictObject({
  title: z.string().min(1).describe('What it does, for the plan'),
  argv: z
    .array(z.string())
    .min(1)
    .describe('The program by its absolute path, then its arguments; `{name}` alone stands for a parameter')
    .refine(([program = '']) => program.startsWith('/'), 'the program is an absolute path'),
  params: z.record(name, commandParam).default({}).describe('What each parameter may be'),
  timeout: duration.prefault('1m'),
  destructive: z.boolean().default(true).describe('Whether it destroys what can not be had back'),
  undo: name.nullable().default(null).describe('The command that takes it back, with the same parameters'),
  verify: name.nullable().default(null).describe('The command that exits with 0 when it took effect'),
});

/** What the actions of this machine may do. Nothing is allowed that is not named here. */
export const hostConfigSchema = z.strictObject({
  pruneRoots: z.array(absolute).default([]).describe('Folders under which files may be pruned and compressed'),
  units: z
    .array(z.string().regex(/^[A-Za-z0-9:_.@\\-]+\.(service|socket|timer)$/, 'the full name of a unit: nginx.service'))
    .default([])
    .describe('systemd units that may be restarted'),
  commands: z.record(name, command).default({}).describe('Commands that may be run, by name'),
});

export const environmentsConfigSchema = z
  .record(
    name,
    z.strictObject({
      targets: z
        .array(z.string().regex(/^[a-z0-9]+:.+$/, 'provider:id, as a plan shows its target'))
        .min(1)
        .describe('Targets that belong to it: `host:<machine id>`, `kubernetes:<cluster uid>`, `aws:<account>`'),
    }),
  )
  .describe('Names that a policy may match on, and which targets bear them');

export const approvalsConfigSchema = z.strictObject({
  validFor: duration.prefault('1h').describe('How long an approval waits to be applied'),
  signers: z
    .array(z.string().regex(/^\S+ (sk-)?ssh-ed25519(@openssh\.com)? [A-Za-z0-9+/=]+( .*)?$/, 'name ssh-ed25519 AAAA…'))
    .default([])
    .describe('Who may approve by signature: `name ssh-ed25519 AAAA…`, as in an allowed_signers file; none: nobody'),
  allowNonInteractive: z
    .boolean()
    .default(false)
    .describe('Whether the full digest on a command line without a terminal is an approval'),
});

export const oidcConfigSchema = z.strictObject({
  issuer: z
    .url()
    .default('https://token.actions.githubusercontent.com')
    .describe('Whose ID tokens a CI job is believed by'),
  audience: z.string().min(1).default('holdfast').describe('The audience that its token must be for'),
});

const price = z.number().min(0);

export const pricesConfigSchema = z
  .strictObject({
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'three capital letters: EUR')
      .describe('ISO 4217'),
    vcpuHour: price.nullable().default(null).describe('Of one virtual CPU for an hour'),
    gibHour: price.nullable().default(null).describe('Of one GiB of memory for an hour'),
    nodeHour: z
      .record(z.string().min(1), price)
      .default({})
      .describe('Of a node for an hour, by its type (label node.kubernetes.io/instance-type)'),
    opencost: z
      .url({ protocol: /^https?$/, error: 'is not an http or https URL' })
      .refine((url) => URL.parse(url)?.username === '' && URL.parse(url)?.password === '', 'holds a credential')
      .optional()
      .describe('URL of OpenCost, which `holdfast cost estimate` asks where vcpuHour and gibHour are not said'),
  })
  .describe(
    'What computing costs you, for plan cards and `holdfast cost estimate`; nobody but OpenCost is asked for it',
  );

export const costConfigSchema = z.strictObject({
  requestsPerDay: z
    .int()
    .min(0)
    .max(1_000)
    .default(4)
    .describe('Requests to Cost Explorer a day and account, each of which AWS charges $0.01 for'),
});
