import { basename, dirname } from 'node:path';
import type { Mistake, Place } from '../domain/mistake.ts';
import type { Runbook } from '../domain/runbook.ts';
import { withoutComments } from './heartbeat-comments.ts';
import { isEffectivelyEmpty } from './heartbeat-empty.ts';
import type { Trouble } from './heartbeat-tasks.ts';
import { scanTasks, withoutTasks } from './heartbeat-tasks.ts';
import { inOrder } from './in-order.ts';
import type { LoadedRunbook } from './loaded-runbook.ts';
import type { RunbookSource } from './read.ts';
import { DEFAULTS, slug } from './schema.ts';

/** How often a bare HEARTBEAT.md runs, as in OpenClaw <= 2026.7. */
const EVERY_MS = 30 * 60_000;

/**
 * A Markdown file without front matter, read as OpenClaw <= 2026.7 reads HEARTBEAT.md: its tasks and its prose are
 * questions to a model, every 30 minutes. What OpenClaw would lose without a word is a mistake here.
 */
export function readHeartbeat(source: RunbookSource): LoadedRunbook {
  const { tasks, troubles } = scanTasks(source.text);
  const { openedAt } = withoutComments(source.text);
  const asksNothing = isEffectivelyEmpty(source.text);
  const all: Trouble[] = [...troubles];
  if (openedAt !== null) all.push({ ...UNCLOSED, ...openedAt });
  else if (asksNothing) all.push({ ...EMPTY, ...TOP });
  const instructions = asksNothing ? '' : withoutTasks(source.text).trim();
  const runbook: Runbook = {
    name: nameOf(source),
    form: 'heartbeat',
    path: source.absolutePath,
    digest: source.digest,
    schedule: { kind: 'every', everyMs: EVERY_MS },
    timezone: null,
    activeHours: null,
    ...DEFAULTS,
    checks: [],
    baseline: null,
    agent: null,
    policy: null,
    onFinding: [],
    notify: [],
    instructions,
    tasks,
  };
  return {
    runbook: all.some(({ level }) => level === 'error') ? null : runbook,
    mistakes: inOrder(all.map((trouble) => mistakeIn(source, trouble))),
    written: writtenIn(source.text, runbook),
  };
}

const TOP: Place = { line: 1, column: 1 };

const UNCLOSED = {
  level: 'error',
  code: 'RUNBOOK_COMMENT_UNCLOSED',
  message: 'this comment is never closed and hides the rest of the file; end it with "-->"',
} as const;

const EMPTY = {
  level: 'warning',
  code: 'RUNBOOK_EMPTY',
  message: 'only headings, comments and empty bullets, so a run has nothing to do',
} as const;

function mistakeIn(source: RunbookSource, { level, code, message, line, column }: Trouble): Mistake {
  return { level, code, message, where: { file: source.path, line, column }, next: null };
}

function writtenIn(text: string, { instructions, tasks }: Runbook): ReadonlyMap<string, Place> {
  const written = new Map<string, Place>();
  if (instructions !== '') written.set('prose', TOP);
  const line = text.split('\n').findIndex((each) => each.trim() === 'tasks:') + 1;
  if (tasks.length > 0) written.set('tasks', { line, column: 1 });
  return written;
}

/**
 * Every workspace has a file of the name HEARTBEAT.md, so it is called after its folder as well: `clawd-heartbeat`.
 * Other files are called after themselves. There is no key to say it, so what does not fit a name is replaced.
 */
function nameOf(source: RunbookSource): string {
  const file = slug(basename(source.absolutePath).replace(/\.md$/i, '')) || 'runbook';
  if (basename(source.absolutePath) !== 'HEARTBEAT.md') return file;
  return slug(`${basename(dirname(source.absolutePath))}-heartbeat`);
}
