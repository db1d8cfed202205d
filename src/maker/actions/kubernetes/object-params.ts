import * as z from 'zod';

const dns = (what: string) =>
  z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, `${what}: lower-case letters, digits, dashes and dots`);

/** Which cluster is meant; its identity is sealed, so a context that leads elsewhere later makes the plan stale. */
export const contextParam = {
  context: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('A context of the kubeconfig; the current one when it is not given.'),
};

export const namespacedParams = {
  ...contextParam,
  namespace: dns('a namespace').describe('The namespace that it is in; there is no default.'),
  name: dns('a name').describe('The name of the object, exactly as the cluster has it.'),
};

export const nodeParams = {
  ...contextParam,
  name: dns('a name').describe('The name of the node, exactly as the cluster has it.'),
};

/** A yes or no, also as the text that a command line has. */
export function yesParam() {
  return z
    .union([z.boolean(), z.literal(['true', 'false'])], { error: 'true or false' })
    .default(false)
    .transform((given) => given === true || given === 'true');
}
