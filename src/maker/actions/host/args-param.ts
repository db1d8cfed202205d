import * as z from 'zod';

const args = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, { error: 'lower-case letters, digits and dashes' }),
  z.union([z.string().max(200), z.int()]),
);

/** Parameters by name, or the same as JSON text, as a command line has it. */
export function argsParam() {
  return z
    .union([args, z.string()], { error: 'parameters are written like {"days": 7}' })
    .default({})
    .transform((given, context): z.output<typeof args> => {
      if (typeof given !== 'string') return given;
      const parsed = args.safeParse(jsonOrNull(given));
      if (parsed.success) return parsed.data;
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(given)} is not written like {"days": 7}`,
        input: given,
      });
      return z.NEVER;
    });
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Text that is no JSON is refused by the schema, with the text itself in the message.
    return null;
  }
}
