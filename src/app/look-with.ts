import type { Check, CheckId, Together } from '../domain/check.ts';
import type { JsonObject } from '../domain/json.ts';
import {
  redactDraft,
  redactFailure,
  redactSubject,
  type RedactedDraft,
  type RedactedFailure,
} from '../domain/redaction/border.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import { look } from '../scheduler/look.ts';
import type { StatefulApp } from './app.ts';
import { DRIFT_PROVIDER } from './drift-check.ts';

/** What one look at one check brought; nothing of it is kept. */
export interface OneLook {
  readonly check: CheckId;
  readonly outcome: 'ok' | 'findings' | 'unknown';
  readonly failure: RedactedFailure | null;
  readonly resources: readonly LookedAt[];
  readonly hidden: readonly {
    readonly resource: Redacted<string>;
    readonly name: Redacted<string>;
    readonly failure: RedactedFailure;
  }[];
}

export interface LookedAt {
  readonly resource: Redacted<string>;
  readonly name: Redacted<string>;
  readonly facts: Redacted<JsonObject>;
  readonly drafts: readonly RedactedDraft[];
}

/** Looks once, without memory. `params` are what the check's schema made of them; `together` shares lists among looks. */
export async function lookWith(
  app: StatefulApp,
  check: Check,
  params: unknown,
  { signal, together = { signal } }: { readonly signal: AbortSignal; readonly together?: Together },
): Promise<OneLook> {
  const { id } = check;
  const { clock } = app.surroundings;
  const openReader = async (): Promise<unknown> => readerOf(app, id.slice(0, id.indexOf('/')));
  const result = await look(check, openReader, params, () => ({ samples: [], open: new Map(), now: clock.now() }), {
    clock,
    signal,
    together,
  });
  const { redactor } = app;
  if (result.status === 'unknown') {
    return {
      check: id,
      outcome: 'unknown',
      failure: redactFailure(redactor, result.failure),
      resources: [],
      hidden: [],
    };
  }
  const resources = result.seen.map(({ seen, drafts }) => ({
    ...redactSubject(redactor, seen),
    facts: redactor.data(seen.facts),
    drafts: drafts.map((draft) => redactDraft(redactor, draft)),
  }));
  const hidden = result.hidden.map((observation) => ({
    ...redactSubject(redactor, observation),
    failure: redactFailure(redactor, observation.failure),
  }));
  const outcome = resources.some(({ drafts }) => drafts.length > 0) ? 'findings' : hidden.length > 0 ? 'unknown' : 'ok';
  return { check: id, outcome, failure: hidden[0]?.failure ?? null, resources, hidden };
}

/** The sources of the inventory bring their own readers. */
async function readerOf(app: StatefulApp, provider: string): Promise<unknown> {
  return provider === DRIFT_PROVIDER ? null : app.readers.of(provider);
}
