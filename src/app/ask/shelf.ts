import type { Exhibit } from '../../domain/answer.ts';
import type { JsonValue } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { Redacted, Redactor } from '../../domain/redaction/redacted.ts';
import type { AskedLook } from './looks.ts';

/** Where what was read for one question is put, numbered in the order in which it came. */
export interface Shelf {
  put(source: string, input: JsonValue, text: string): Exhibit;
  /** What the same source said to the same input before. */
  find(source: string, input: JsonValue): Exhibit | null;
  all(): readonly Exhibit[];
}

/** Bytes of one exhibit; what is more is left out, and said. */
const LONGEST = 8 * 1024;

export function createShelf(redactor: Redactor): Shelf {
  const exhibits: Exhibit[] = [];
  return {
    put: (source, input, text) => {
      const exhibit = { id: `e${exhibits.length + 1}` as const, source, input, text: cut(redactor, text) };
      exhibits.push(exhibit);
      return exhibit;
    },
    find: (source, input) =>
      exhibits.find((one) => one.source === source && JSON.stringify(one.input) === JSON.stringify(input)) ?? null,
    all: () => [...exhibits],
  };
}

/** Redacted whole before it is cut: half a secret is not known any more. */
function cut(redactor: Redactor, text: string): Redacted<string> {
  const whole = redactor.text(text.split('\n').map(printable).join('\n'));
  if (Buffer.byteLength(whole) <= LONGEST) return whole;
  const part = Buffer.from(whole)
    .subarray(0, LONGEST)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
  return redactor.text(`${part}\n[${Buffer.byteLength(whole) - LONGEST} bytes more were left out]`);
}

/** A look in few words: what a model needs of it, and a person checks it by. */
export function lookText({ look, params }: AskedLook): string {
  const findings = look.resources.flatMap(({ name, resource, drafts }) =>
    drafts.map(({ severity, title, evidence }) => ({
      severity,
      title,
      name,
      resource,
      evidence: Object.fromEntries(evidence.map(({ label, value }) => [label, value])),
    })),
  );
  const well = look.resources.filter(({ drafts }) => drafts.length === 0).map(({ name }) => name);
  return JSON.stringify({
    check: look.check,
    ...(Object.keys(params).length === 0 ? {} : { params }),
    outcome: look.outcome,
    findings,
    ...(well.length === 0 ? {} : { wellCount: well.length, well: well.slice(0, 50) }),
    ...(look.failure === null ? {} : { couldNotLook: look.failure.message }),
    ...(look.hidden.length === 0 ? {} : { hidden: look.hidden.slice(0, 10).map(({ name }) => name) }),
  });
}
