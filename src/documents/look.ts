import type * as z from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { RedactedDraft, RedactedFailure } from '../domain/redaction/border.ts';
import type { lookSchema } from './small-schemas.ts';

/** One look at one check, as every door shows it. */
export function lookDocument(look: {
  readonly check: string;
  readonly outcome: 'ok' | 'findings' | 'unknown';
  readonly failure: RedactedFailure | null;
  readonly resources: readonly {
    readonly resource: string;
    readonly name: string;
    readonly facts: JsonObject;
    readonly drafts: readonly RedactedDraft[];
  }[];
  readonly hidden: readonly { readonly resource: string; readonly name: string; readonly failure: RedactedFailure }[];
}): z.infer<typeof lookSchema> {
  return {
    check: look.check,
    outcome: look.outcome,
    failure: look.failure,
    resources: look.resources.map(({ resource, name, facts, drafts }) => ({
      resource,
      name,
      facts: { ...facts },
      drafts: drafts.map((draft) => ({ ...draft, evidence: draft.evidence.map((evidence) => ({ ...evidence })) })),
    })),
    hidden: [...look.hidden],
  };
}
