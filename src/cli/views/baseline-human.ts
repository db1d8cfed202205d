import type { Accepted, BaselineDiff, NamedBaseline } from '../../app/baseline.ts';
import { actorWords } from '../../domain/actor.ts';
import type { BaselineEvent } from '../../domain/baseline.ts';
import type { DriftedFact } from '../../domain/drift.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { Style } from '../terminal.ts';
import { count, table } from './layout.ts';
import { localTime } from './when.ts';

/** What was accepted: a line for each fact, by kind. */
export function baselineHuman({ name, at, digest, inventory }: NamedBaseline, style: Style): string {
  const kinds = Map.groupBy(inventory.facts, ({ kind }) => kind);
  const lines = [
    `${style('bold', printable(name))}  ${count(inventory.facts.length, 'fact')} as of ${localTime(at)}`,
    style('dim', digest),
  ];
  for (const kind of inventory.kinds) {
    const facts = kinds.get(kind) ?? [];
    const missing = inventory.hidden.filter((part) => part.kind === kind);
    lines.push('', `${style('bold', printable(kind))}  ${facts.length}`);
    lines.push(
      ...linesOf(table(facts.map((fact) => [`  ${printable(fact.name)}`, style('dim', valueText(fact.value))]))),
      ...missing.map(
        (part) => `  ${style('magenta', 'not in it')}  ${printable(part.name)}: ${printable(part.failure.message)}`,
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What differs now: `+` added, `-` removed, `~` changed, `?` can't be compared. */
export function diffHuman({ name, baseline, at, facts, drift }: BaselineDiff, style: Style): string {
  const rows = drift.drifted.map((item) => [
    mark(item, style),
    printable(item.kind),
    printable(item.name),
    valuesOf(item),
  ]);
  const hidden = drift.incomparable.map((part) => [
    style('magenta', '?'),
    printable(part.kind),
    printable(part.name),
    printable(part.failure.message),
  ]);
  const against = baseline === null ? 'there is no such baseline yet' : `the baseline of ${localTime(baseline.at)}`;
  const tail = [
    drift.drifted.length === 0
      ? `Nothing differs: ${count(facts, 'fact')}, ${against}.`
      : `Facts that differ from ${against}: ${drift.drifted.length} of ${facts}.`,
    ...(drift.fresh.length === 0 ? [] : [`New to it, to be taken in: ${drift.fresh.map(printable).join(', ')}.`]),
    ...(drift.incomparable.length === 0 ? [] : [`Parts that can't be compared: ${drift.incomparable.length}.`]),
    ...(drift.drifted.length + drift.fresh.length === 0
      ? []
      : [`To accept what was seen at ${localTime(at)}: holdfast baseline accept ${printable(name)} --reason "…"`]),
  ];
  const lines = [...rows, ...hidden];
  return `${lines.length === 0 ? '' : `${table(lines)}\n\n`}${tail.join('\n')}\n`;
}

export function acceptedHuman({ name, seenAt, event, left }: Accepted): string {
  const seen = `what was seen at ${localTime(seenAt)}`;
  if (event === null) return `Nothing to accept: ${seen} is as the baseline "${printable(name)}" has it.\n`;
  const rest = left === 0 ? '' : ` Still to be accepted: ${left}.`;
  return `Accepted into "${printable(name)}", of ${seen}: ${countsText(event)}.${rest}\n`;
}

export function historyHuman(
  { name, events }: { readonly name: string; readonly events: readonly BaselineEvent[] },
  style: Style,
): string {
  if (events.length === 0) return `Nothing was accepted yet as the baseline "${printable(name)}".\n`;
  const blocks = events.map((event) =>
    [
      `${style('bold', localTime(event.at))}  ${event.event} by ${printable(actorWords(event.actor))}: ${printable(event.reason)}`,
      `  ${countsText(event)}  ${style('dim', event.after)}`,
      ...event.items.map(
        ({ direction, kind, name: called }) => `  ${direction} ${printable(kind)} ${printable(called)}`,
      ),
    ].join('\n'),
  );
  return `${blocks.join('\n')}\n`;
}

function countsText({ counts: { added, removed, changed, facts } }: BaselineEvent): string {
  return `${added} added, ${removed} removed, ${changed} changed; ${count(facts, 'fact')} in it now`;
}

function mark({ direction }: DriftedFact, style: Style): string {
  if (direction === 'added') return style('green', '+');
  return direction === 'removed' ? style('red', '-') : style('yellow', '~');
}

function valuesOf({ before, after }: DriftedFact): string {
  if (before === null || after === null) return valueText(after ?? before ?? {});
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const moved = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return moved.map((name) => `${printable(name)}: ${short(before[name])} -> ${short(after[name])}`).join(', ');
}

function valueText(value: JsonObject): string {
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${printable(name)}: ${short(member)}`)
    .join(', ');
}

function short(value: JsonValue | undefined): string {
  if (value === undefined) return 'none';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split('\n');
}
