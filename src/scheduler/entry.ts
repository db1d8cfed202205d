import {
  identityOf,
  SAMPLES_KEPT,
  type Check,
  type CheckCatalog,
  type History,
  type ResourceId,
  type Together,
} from '../domain/check.ts';
import type { Clock } from '../domain/clock.ts';
import { findingKey, type Finding } from '../domain/finding.ts';
import { printable } from '../domain/printable.ts';
import { redactDraft, redactFailure, redactResource, redactSample, redactSubject } from '../domain/redaction/border.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';
import type { NewSample, RunCheck, RunLedger } from '../domain/run.ts';
import type { RequestedCheck } from '../domain/runbook.ts';
import type { Drafted } from '../domain/standing.ts';
import { look, type Look } from './look.ts';

/** One entry of a runbook's check list, looked at, judged and redacted. */
export interface Entry {
  readonly check: RunCheck;
  readonly drafted: readonly Drafted[];
  readonly samples: readonly NewSample[];
  /** Resources, or prefixes ending in `/*`, that were hidden. */
  readonly hidden: readonly Redacted<string>[];
}

export interface EntryDeps {
  readonly catalog: CheckCatalog;
  /** The reader of a provider, made when the first check asks for it. */
  readerOf(provider: string): Promise<unknown>;
  readonly ledger: Pick<RunLedger, 'samplesOf'>;
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** Aborted when the operator interrupts, or the run's time is over. */
  readonly signal: AbortSignal;
  readonly together: Together;
}

/** Looks at what one entry asks for. `known` are the runbook's findings so far: hysteresis depends on what is open. */
export async function lookAtEntry(
  runbook: string,
  requested: RequestedCheck,
  known: readonly Finding[],
  deps: EntryDeps,
): Promise<Entry> {
  const started = deps.clock.monotonic();
  const check = await deps.catalog.load(requested.id);
  const identity = identityOf(check);
  const openReader = async (): Promise<unknown> => deps.readerOf(check.id.slice(0, check.id.indexOf('/')));
  const historyOf = (id: ResourceId): History => {
    const resource = redactResource(deps.redactor, id);
    return {
      samples: deps.ledger.samplesOf(runbook, identity, resource, SAMPLES_KEPT),
      open: openOn(known, check, runbook, resource),
      now: deps.clock.now(),
    };
  };
  const result = await look(check, openReader, requested.params, historyOf, deps);
  return entryOf(check, result, Math.round(deps.clock.monotonic() - started), deps);
}

/** The severities under which this resource's findings of this check are open, by discriminator. */
function openOn(
  known: readonly Finding[],
  check: Check,
  runbook: string,
  resource: Redacted<string>,
): ReadonlyMap<string, Finding['severity']> {
  const mine = known.filter(
    (finding) =>
      finding.standing !== 'resolved' &&
      finding.resource === resource &&
      finding.key === findingKey(identityOf(check), runbook, resource, finding.discriminator),
  );
  return new Map(mine.map((finding) => [finding.discriminator, finding.severity]));
}

function entryOf(check: Check, result: Look, durationMs: number, deps: EntryDeps): Entry {
  const { redactor } = deps;
  if (result.status === 'unknown') {
    const failure = redactFailure(redactor, result.failure);
    const runCheck: RunCheck = { id: check.id, outcome: 'unknown', failure, durationMs, looked: 0, hidden: [] };
    return { check: runCheck, drafted: [], samples: [], hidden: [] };
  }
  const hidden = result.hidden.map((observation) => ({
    ...redactSubject(redactor, observation),
    failure: redactFailure(redactor, observation.failure),
  }));
  const drafted: Drafted[] = [];
  const samples: NewSample[] = [];
  for (const { seen, drafts, sample } of result.seen) {
    const subject = redactSubject(redactor, seen);
    for (const draft of drafts) {
      drafted.push({ check: check.id, identity: identityOf(check), ...subject, draft: redactDraft(redactor, draft) });
    }
    const values = sample === null ? null : redactSample(redactor, sample);
    if (values !== null)
      samples.push({ check: identityOf(check), resource: subject.resource, at: deps.clock.now(), values });
  }
  const outcome = drafted.length > 0 ? 'findings' : hidden.length > 0 ? 'unknown' : 'ok';
  return {
    check: {
      id: check.id,
      outcome,
      failure: hidden[0]?.failure ?? null,
      durationMs,
      looked: result.seen.length,
      hidden,
      ...(result.note === null ? {} : { note: redactor.text(printable(result.note)) }),
    },
    drafted,
    samples,
    hidden: hidden.map(({ resource }) => resource),
  };
}
