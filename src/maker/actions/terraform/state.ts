import * as z from 'zod';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';

/** Which resources a state knows, and which state it is. Values are left where they were. */
export interface StateNow {
  /** null: there is no state. */
  readonly lineage: string | null;
  readonly serial: number;
  readonly addresses: ReadonlySet<string>;
}

const instance = z.object({ index_key: z.union([z.string(), z.number()]).optional(), deposed: z.string().optional() });
const state = z.object({
  version: z.literal(4),
  lineage: z.string(),
  serial: z.number().int(),
  resources: z
    .array(
      z.object({
        module: z.string().optional(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z.array(instance).default([]),
      }),
    )
    .default([]),
});

/** Parses what `state pull` answers: nothing at all where there is no state (format version 4). */
export function parseState(text: string): Looked<StateNow> {
  if (text.trim() === '') return seen({ lineage: null, serial: 0, addresses: new Set() });
  const document = jsonOf(text);
  const parsed = state.safeParse(document);
  if (!parsed.success) return unknown('STATE_NOT_UNDERSTOOD', 'What "state pull" answers is no state of version 4.');
  const addresses = parsed.data.resources.flatMap(({ module, mode, type, name, instances }) =>
    instances
      .filter(({ deposed }) => deposed === undefined)
      .map(({ index_key: key }) => {
        const plain = `${module === undefined ? '' : `${module}.`}${mode === 'data' ? 'data.' : ''}${type}.${name}`;
        return key === undefined ? plain : `${plain}[${JSON.stringify(key)}]`;
      }),
  );
  const { lineage, serial } = parsed.data;
  return seen({ lineage: lineage === '' ? null : lineage, serial, addresses: new Set(addresses) });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut off, or no JSON: the caller says so.
    return undefined;
  }
}
