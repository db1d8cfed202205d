import type { Evidence, Failure, FindingDraft, Hidden, ResourceId, Seen } from '../check.ts';
import type { RedactedEvidence } from '../finding.ts';
import type { JsonObject } from '../json.ts';
import type { MonthlyCost } from '../money.ts';
import { printable } from '../printable.ts';
import type { Severity } from '../severity.ts';
import type { Redacted, Redactor } from './redacted.ts';

/**
 * The border between what a check says and what the house keeps: past it every word is redacted
 * by type, and what could steer a terminal is visible.
 */
export interface RedactedDraft {
  readonly discriminator: Redacted<string>;
  readonly severity: Severity;
  readonly title: Redacted<string>;
  readonly why: Redacted<string>;
  readonly next: Redacted<string>;
  readonly evidence: readonly RedactedEvidence[];
  readonly evidenceClass: Redacted<string> | null;
  readonly monthlyCost: MonthlyCost | null;
}

export interface RedactedFailure {
  readonly code: string;
  readonly message: Redacted<string>;
}

export function redactDraft(redactor: Redactor, draft: FindingDraft): RedactedDraft {
  const words = (text: string): Redacted<string> => redactor.text(printable(text));
  return {
    discriminator: words(draft.discriminator),
    severity: draft.severity,
    title: words(draft.title),
    why: words(draft.why),
    next: words(draft.next),
    evidence: draft.evidence.map((evidence) => redactEvidence(redactor, evidence)),
    evidenceClass: draft.evidenceClass === undefined ? null : words(draft.evidenceClass),
    monthlyCost: draft.monthlyCost ?? null,
  };
}

/** The label is the value's context: what stands beside `password` is condemned. Withheld data has neither. */
function redactEvidence(redactor: Redactor, { label, value, source }: Evidence): RedactedEvidence {
  const pair = redactor.data({ name: printable(label), value: typeof value === 'string' ? printable(value) : value });
  return {
    label: redactor.text(pair.name),
    value: redactor.data(pair.value ?? null),
    source: redactor.text(printable(source)),
  };
}

export function redactFailure(redactor: Redactor, failure: Failure): RedactedFailure {
  return { code: failure.code, message: redactor.text(printable(failure.message)) };
}

/** Which resource an observation speaks of, redacted: a URL may carry a credential. */
export function redactSubject(redactor: Redactor, observation: Seen | Hidden) {
  return { resource: redactResource(redactor, observation.resource), name: redactor.text(printable(observation.name)) };
}

/** As it is kept, and as what is remembered of it is found again. */
export function redactResource(redactor: Redactor, resource: ResourceId): Redacted<ResourceId> {
  return redactor.text(printable(resource));
}

/** null when it had to be withheld: a sample that is not the check's own must not come back to it. */
export function redactSample(redactor: Redactor, values: JsonObject): Redacted<JsonObject> | null {
  const redacted = redactor.data(values);
  return typeof redacted === 'object' ? redacted : null;
}
