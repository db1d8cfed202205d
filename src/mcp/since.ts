import * as z from 'zod';
import { advance, changesSince, type ChangesSince } from '../app/changes-since.ts';
import type { Finding } from '../domain/finding.ts';
import { SEVERITIES } from '../domain/severity.ts';
import type { ToolCall } from './tool.ts';

const told = z.strictObject({
  id: z.string(),
  check: z.string(),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  name: z.string(),
});

/** What is new since a client asked last, as the runbooks saw it. */
export const sinceSchema = z.strictObject({
  since: z.iso
    .datetime()
    .nullable()
    .describe('When this client asked last; null: never, so that all that is open is new'),
  cursor: z.string().describe('Whose place was moved: of this client alone'),
  new: z.array(told),
  changed: z.array(told),
  resolved: z.array(told),
  more: z.int().describe('How many more there are than are listed'),
  cut: z.boolean().describe('More happened than is looked through: what happened first may be missing'),
});

export type Since = z.infer<typeof sinceSchema>;

const MOST_TOLD = 50;

/**
 * What happened since this client asked under this name, and moves the name's place to now: the next time tells what
 * came after. `keep` chooses which findings the question is about.
 */
export function sinceLast(
  { app, client, signal }: Pick<ToolCall, 'app' | 'client' | 'signal'>,
  name: string,
  keep: (finding: Finding) => boolean,
): Since {
  // Who gave up while it was looked gets no answer: the news is for the next time.
  signal.throwIfAborted();
  const cursor = { client, name };
  const changes = changesSince(app, cursor);
  advance(app, cursor, changes.until);
  return documentOf(name, changes, keep);
}

function documentOf(
  name: string,
  { since, fresh, changed, resolved, cut }: ChangesSince,
  keep: (finding: Finding) => boolean,
): Since {
  const kept = [fresh, changed, resolved].map((findings) => findings.filter(keep));
  const listed = kept.map((findings) => findings.slice(0, MOST_TOLD).map(toldOf));
  const count = (lists: readonly (readonly unknown[])[]): number => lists.reduce((sum, list) => sum + list.length, 0);
  return {
    since: since === null ? null : new Date(since).toISOString(),
    cursor: name,
    new: listed[0] ?? [],
    changed: listed[1] ?? [],
    resolved: listed[2] ?? [],
    more: count(kept) - count(listed),
    cut,
  };
}

function toldOf({ id, check, severity, title, name }: Finding) {
  return { id, check, severity, title, name };
}
