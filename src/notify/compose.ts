import { newNotificationId, type RunId } from '../domain/id.ts';
import type { Notification, NotificationLine } from '../domain/notification.ts';
import { printableStart } from '../domain/printable.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';
import { SEVERITIES } from '../domain/severity.ts';
import type { Line } from './line.ts';
import type { Circumstances } from './rules.ts';

/** So many lines a notification has at most: what is more is counted, not shown. */
export const MOST_LINES = 10;
/** So many characters a line has at most. */
export const LONGEST_LINE = 300;

/** One notification of all these lines, worst first and good news last. */
export function compose(
  lines: readonly Line[],
  about: { readonly kind: Notification['kind']; readonly run: RunId | null; readonly heldBack: boolean },
  { now, random, redactor }: Circumstances,
): Notification {
  const runbooks = new Set(lines.map(({ runbook }) => runbook));
  const [only = null] = runbooks;
  const several = runbooks.size > 1;
  const sorted = lines.toSorted((a, b) => rank(a) - rank(b));
  const [worst] = sorted;
  const subject = several ? `${runbooks.size} runbooks` : (only ?? 'holdfast');
  return {
    id: newNotificationId(random),
    at: now,
    kind: about.kind,
    runbook: several ? null : only,
    run: about.run,
    severity: worst === undefined || worst.news === 'resolved' ? null : worst.severity,
    title: redactor.text(`${subject}: ${about.heldBack ? 'held back, ' : ''}${summary(lines)}`),
    lines: sorted.slice(0, MOST_LINES).map((line) => shown(line, several, redactor)),
    more: Math.max(0, sorted.length - MOST_LINES),
  };
}

/** `text` as it is kept and sent: on one line, visible, and no longer than anybody reads. */
export function short(text: Redacted<string>, redactor: Pick<Redactor, 'text'>): Redacted<string> {
  const cut = printableStart(text, LONGEST_LINE);
  return cut === text ? text : redactor.text(cut);
}

function rank({ severity, news }: Line): number {
  return news === 'resolved' ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

/** `2 new, 1 raised, 1 resolved`. */
function summary(lines: readonly Line[]): string {
  const counts = new Map<Line['news'], number>();
  for (const { news } of lines) counts.set(news, (counts.get(news) ?? 0) + 1);
  return WORDS.flatMap(([news, word]) => (counts.has(news) ? [`${counts.get(news)} ${word}`] : [])).join(', ');
}

const WORDS: readonly (readonly [Line['news'], string])[] = [
  ['trouble', 'trouble'],
  ['plan', 'plan waiting'],
  ['new', 'new'],
  ['raised', 'raised'],
  ['flapping', 'flapping'],
  ['still', 'still open'],
  ['resolved', 'resolved'],
];

function shown(line: Line, several: boolean, redactor: Pick<Redactor, 'text'>): NotificationLine {
  const { finding, severity, news } = line;
  const text = short(line.text, redactor);
  return {
    finding,
    severity,
    news,
    text: several && line.runbook !== null ? redactor.text(`${line.runbook}: ${text}`) : text,
  };
}
