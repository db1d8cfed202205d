import * as z from 'zod';

/** What came of one resource, by its address. */
export interface ResourceDone {
  readonly address: string;
  readonly action: string;
}

/** How far an apply came, as the program's machine-readable output tells it. Holds no value of a resource. */
export interface Said {
  /** Whether anything was said at all: then the program was started. */
  readonly started: boolean;
  readonly begun: readonly ResourceDone[];
  readonly done: readonly ResourceDone[];
  readonly errored: readonly ResourceDone[];
  /** Of the summary that ends an apply in which nothing failed; null: none was said. */
  readonly summary: { readonly add: number; readonly change: number; readonly remove: number } | null;
  /** Summaries of errors; the first says what to tell. Details are left out: they may quote values. */
  readonly errors: readonly string[];
}

const resource = z.object({ addr: z.string() });
const hook = z.object({ hook: z.object({ resource, action: z.string() }) });
const message = z.discriminatedUnion('type', [
  hook.extend({ type: z.literal('apply_start') }),
  hook.extend({ type: z.literal('apply_complete') }),
  hook.extend({ type: z.literal('apply_errored') }),
  z.object({
    type: z.literal('change_summary'),
    changes: z.object({ add: z.number(), change: z.number(), remove: z.number(), operation: z.string() }),
  }),
  z.object({
    type: z.literal('diagnostic'),
    diagnostic: z.object({ severity: z.string(), summary: z.string() }),
  }),
]);

/**
 * Reads the machine-readable UI, a JSON object a line
 * (https://opentofu.org/docs/internals/machine-readable-ui/). Lines of other kinds, and lines that are none
 * (a provisioner may print), are passed over.
 */
export function parseSaid(text: string): Said {
  const messages = text.split('\n').flatMap((line) => messageIn(line));
  const hooks = (type: 'apply_start' | 'apply_complete' | 'apply_errored'): readonly ResourceDone[] =>
    messages.flatMap((each) =>
      each.type === type ? [{ address: each.hook.resource.addr, action: each.hook.action }] : [],
    );
  const summaries = messages.flatMap((each) =>
    each.type === 'change_summary' && each.changes.operation !== 'plan' ? [each.changes] : [],
  );
  const [last] = summaries.slice(-1);
  return {
    started: text.trim() !== '',
    begun: hooks('apply_start'),
    done: hooks('apply_complete'),
    errored: hooks('apply_errored'),
    summary: last === undefined ? null : { add: last.add, change: last.change, remove: last.remove },
    errors: messages.flatMap((each) =>
      each.type === 'diagnostic' && each.diagnostic.severity === 'error' ? [each.diagnostic.summary] : [],
    ),
  };
}

function messageIn(line: string): readonly z.infer<typeof message>[] {
  if (!line.startsWith('{')) return [];
  try {
    const parsed = message.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    // A last line that was cut off.
    return [];
  }
}
