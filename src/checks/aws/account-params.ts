import * as z from 'zod';

const name = z.string().min(1);

/** What every check of an account takes: which ones, and which of their regions. */
export const accountShape = {
  profiles: z
    .array(name)
    .default([])
    .describe(
      'Profiles of the AWS tools (`~/.aws/config`), or patterns with `*`; by default the one that `AWS_PROFILE` or the environment chooses. An account that several lead to is looked at once.',
    ),
  mayBeMissing: z
    .boolean()
    .default(false)
    .describe(
      'Where nothing on this machine says how to reach AWS, there is nothing to look at; otherwise that is unknown.',
    ),
};

/** And which of their regions. */
export const regionShape = {
  ...accountShape,
  regions: z
    .array(name)
    .default([])
    .describe(
      "Names of regions, or patterns over those that the account has turned on (`['*']`: all); by default the region of the profile.",
    ),
};

export type AccountParams = z.output<z.ZodObject<typeof accountShape>> & { readonly regions?: readonly string[] };
