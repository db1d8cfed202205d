import type { BaselineEvent, KeptInventory } from '../domain/baseline.ts';
import type { Drift } from '../domain/drift.ts';
import type { HiddenFact } from '../domain/inventory.ts';
import type {
  BaselineAcceptedDocument,
  BaselineDiffDocument,
  BaselineDocument,
  BaselineHistoryDocument,
} from './baseline-schema.ts';
import { time } from './time.ts';

export function baselineDocument({
  name,
  at,
  digest,
  inventory,
}: KeptInventory & { readonly name: string }): BaselineDocument {
  return {
    name,
    at: time(at),
    digest,
    kinds: [...inventory.kinds],
    facts: inventory.facts.map(({ kind, resource, name: called, value }) => ({
      kind,
      resource,
      name: called,
      value: { ...value },
    })),
    hidden: inventory.hidden.map(hiddenPart),
  };
}

export function baselineDiffDocument(diff: {
  readonly name: string;
  readonly baseline: KeptInventory | null;
  readonly at: number;
  readonly facts: number;
  readonly drift: Drift;
}): BaselineDiffDocument {
  const { drifted, incomparable, fresh } = diff.drift;
  return {
    name: diff.name,
    at: time(diff.at),
    baseline: diff.baseline === null ? null : { at: time(diff.baseline.at), digest: diff.baseline.digest },
    facts: diff.facts,
    drifted: drifted.map(({ direction, kind, resource, name, before, after }) => ({
      direction,
      kind,
      resource,
      name,
      before: before === null ? null : { ...before },
      after: after === null ? null : { ...after },
    })),
    incomparable: incomparable.map(hiddenPart),
    fresh: [...fresh],
  };
}

export function baselineAcceptedDocument(accepted: {
  readonly name: string;
  readonly seenAt: number;
  readonly event: BaselineEvent | null;
  readonly left: number;
}): BaselineAcceptedDocument {
  const { name, seenAt, event, left } = accepted;
  return { name, seenAt: time(seenAt), event: event === null ? null : eventDocument(event), left };
}

export function baselineHistoryDocument(history: {
  readonly name: string;
  readonly events: readonly BaselineEvent[];
}): BaselineHistoryDocument {
  return { name: history.name, events: history.events.map(eventDocument) };
}

function eventDocument(event: BaselineEvent): BaselineHistoryDocument['events'][number] {
  const { at, actor, event: kind, reason, before, after, counts, items } = event;
  return {
    at: time(at),
    actor: { kind: actor.kind === 'operator' ? 'operator' : 'holdfast', name: actor.name },
    event: kind,
    reason,
    before,
    after,
    counts: { ...counts },
    items: items.map((item) => ({
      direction: item.direction,
      kind: item.kind,
      resource: item.resource,
      name: item.name,
    })),
  };
}

function hiddenPart({ kind, resource, name, failure }: HiddenFact): BaselineDocument['hidden'][number] {
  return { kind, resource, name, failure: { code: failure.code, message: failure.message } };
}
