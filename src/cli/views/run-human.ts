import { formatDuration } from '../../domain/duration.ts';
import { dispositionOf, muteThatHolds, type Finding } from '../../domain/finding.ts';
import type { Plan } from '../../domain/plan.ts';
import { printable } from '../../domain/printable.ts';
import type { Run, RunCheck } from '../../domain/run.ts';
import type { Style } from '../terminal.ts';
import { count, leftRight, padEnd, WIDEST, wrap } from './layout.ts';
import { severityLabel, worstFirst } from './severity.ts';
import { ago, localTime } from './when.ts';

export interface RunView {
  readonly run: Run;
  readonly findings: readonly Finding[];
  /** Runs of the same runbook that died before this one. */
  readonly interrupted: readonly string[];
  /** Plans that its findings made it propose, and why others came to nothing. */
  readonly plans?: readonly Plan[];
  readonly troubles?: readonly string[];
  readonly now: number;
}

/** Where the words of a finding start. */
const INDENT = 12;

/** A run's report for a person: what is new in full, what goes on in a line, what is fine by name. */
export function runHuman(view: RunView, columns: number, style: Style): string {
  const width = Math.min(columns, WIDEST);
  const paint: Paint = { width, style, now: view.now, looked: lookedAt(view.run) };
  const open = worstFirst(view.findings.filter((finding) => finding.standing !== 'resolved'));
  const muted = open.filter((finding) => dispositionOf(finding, view.now) === 'muted');
  const told = open.filter((finding) => !muted.includes(finding));
  const fresh = told.filter((finding) => finding.standing === 'new' || finding.standing === 'changed');
  const ongoing = told.filter((finding) => finding.standing === 'ongoing');
  const resolved = view.findings.filter((finding) => finding.standing === 'resolved');
  const sections = [
    heading(view, paint),
    ...view.interrupted.map(
      (id) => `  An earlier run, ${id}, was interrupted: its process died. This run looked at everything again.`,
    ),
    ...fresh.map((finding) => wholeFinding(finding, paint)),
    triageLines(view.run, paint),
    lines(ongoing.map((finding) => shortFinding(finding, paint))),
    lines(resolved.map((finding) => resolvedFinding(finding, paint))),
    lines(unknowns(view.run, paint)),
    lines(notes(view.run, paint)),
    lines([...clean(view.run, paint), ...mutedLine(muted, paint)]),
    lines(proposals(view, paint)),
    summary(view, { fresh, ongoing, resolved, muted }, paint),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

interface Paint {
  readonly width: number;
  readonly style: Style;
  readonly now: number;
  readonly looked: ReadonlySet<Finding['key']>;
}

function lookedAt(run: Run): ReadonlySet<Finding['key']> {
  return new Set(run.findings.filter(({ looked }) => looked).map(({ key }) => key));
}

function heading({ run }: RunView, { width, style }: Paint): string {
  const title = `${style('bold', run.runbook)}${run.status === 'failed' ? style('red', `  failed: ${run.reason ?? ''}`) : ''}`;
  const took = run.durationMs === null ? '' : ` · ${formatDuration(run.durationMs)}`;
  return `${leftRight(title, style('dim', run.id), width)}\n${style('dim', `${localTime(run.startedAt)}${took} · ${run.runbookPath}`)}`;
}

function wholeFinding(finding: Finding, paint: Paint): string {
  const { width, style, now } = paint;
  const told = finding.standing === 'new' && finding.reopened > 0 ? 'back again' : finding.standing;
  const since = finding.firstSeen === finding.lastSeen ? '' : ` · first seen ${ago(finding.firstSeen, now)}`;
  const flaps = finding.flapping ? ' · flapping: it keeps coming and going' : '';
  const state = wrap(`${told} · ${finding.check} · ${finding.id}${since}${flaps}`, width, INDENT);
  return lines([
    `  ${padEnd(severityLabel(finding.severity, style), INDENT - 2)}${style('bold', wrap(finding.title, width, INDENT))}`,
    `${' '.repeat(INDENT)}${style('dim', state)}`,
    field('Why', finding.why, paint),
    field('Next', finding.next, paint),
    ...evidenceLines(finding).map((text, index) => field(index === 0 ? 'Seen' : '', text, paint)),
  ]);
}

/** `used: 74 MiB`, a fact a line; the source stands once behind the facts that share it. */
export function evidenceLines({ evidence }: Pick<Finding, 'evidence'>): readonly string[] {
  return evidence.map(({ label, value, source }, index) => {
    const shared = evidence[index + 1]?.source === source;
    return `${label}: ${plainValue(value)}${shared ? '' : `  (${source})`}`;
  });
}

/** A model's words, and whose they are; why there are none, where one was asked. */
function triageLines({ triage }: Run, { width, style }: Paint): string {
  if (triage === undefined) return '';
  const { model, words, failure, escalatedBecause } = triage;
  const because = escalatedBecause === null ? '' : `, asked because ${escalatedBecause}`;
  if (words === null)
    return `  ${style('dim', wrap(`No words of ${model}${because}: ${failure?.message ?? 'it said nothing'}. The findings stand by themselves.`, width, 2))}`;
  const { cause, nextLook } = words;
  const line = (text: string): string => `  ${wrap(text, width, 2)}`;
  return lines([
    `  ${style('dim', wrap(`In the words of ${model}${because}; the findings are the facts:`, width, 2))}`,
    line(words.summary),
    ...(cause === null ? [] : [line(`Likely cause: ${cause.text} (${cause.findings.join(', ')})`)]),
    ...(nextLook === null ? [] : [line(`Look next: ${nextLook}`)]),
  ]);
}

function field(label: string, text: string, { width, style }: Paint): string {
  return `${' '.repeat(INDENT)}${padEnd(style('dim', label), 6)}${wrap(text, width, INDENT + 6)}`;
}

export function plainValue(value: unknown): string {
  return typeof value === 'string' ? value : printable(JSON.stringify(value));
}

function shortFinding(finding: Finding, { width, style, now, looked }: Paint): string {
  const state = [
    finding.check,
    finding.id,
    `ongoing for ${formatDuration(now - finding.firstSeen)}`,
    ...(looked.has(finding.key) ? [] : ['not looked at this time']),
    ...(finding.cleanStreak > 0 && looked.has(finding.key) ? ['clean this time, not resolved yet'] : []),
    ...(finding.acknowledgement === null ? [] : ['acknowledged']),
    ...(finding.flapping ? ['flapping'] : []),
  ].join(' · ');
  return `  ${padEnd(severityLabel(finding.severity, style), INDENT - 2)}${wrap(finding.title, width, INDENT)}\n${' '.repeat(INDENT)}${style('dim', wrap(state, width, INDENT))}`;
}

function resolvedFinding(finding: Finding, { width, style }: Paint): string {
  const how = finding.resolvedBecause === 'not-asked' ? ' (the runbook no longer asks)' : '';
  return `  ${padEnd(style('green', 'RESOLVED'), INDENT - 2)}${wrap(`${finding.title}${how}`, width, INDENT)}\n${' '.repeat(INDENT)}${style('dim', `${finding.check} · ${finding.id}`)}`;
}

/** One line for each reason: what hides a list hides it from every check that asks for it. */
function unknowns(run: Run, { width, style }: Paint): readonly string[] {
  const label = `  ${padEnd(style('magenta', 'UNKNOWN'), INDENT - 2)}`;
  const parts = run.checks.flatMap((check) =>
    (check.hidden.length === 0 && check.outcome === 'unknown'
      ? [{ name: null, failure: check.failure }]
      : check.hidden
    ).map(({ name, failure }) => ({ check: check.id, name, message: failure?.message ?? 'no reason given' })),
  );
  const alike = Map.groupBy(parts, ({ name, message }) => `${name ?? ''}\0${message}`);
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const ids = [...new Set(group.map(({ check }) => check))].join(', ');
    const what = first.name === null ? ids : `${ids} · ${first.name}`;
    return [`${label}${wrap(`${what}: could not look: ${first.message}`, width, INDENT)}`];
  });
}

/** What several checks note in the same words is said once. */
function notes(run: Run, { width, style }: Paint): readonly string[] {
  const said = new Set(run.checks.flatMap(({ note }) => note ?? []));
  return [...said].map((note) => `  ${padEnd(style('dim', 'NOTE'), INDENT - 2)}${wrap(note, width, INDENT)}`);
}

function proposals({ plans = [], troubles = [] }: RunView, { width, style }: Paint): readonly string[] {
  const label = (word: string): string => `  ${padEnd(style('cyan', word), INDENT - 2)}`;
  return [
    ...plans.map(({ id, status, sealed: { title } }) => {
      const next = status === 'queued' ? `holdfast plan approve ${id}` : `${id} is ${status}`;
      return `${label('PLAN')}${wrap(printable(title), width, INDENT)}\n${' '.repeat(INDENT)}${style('dim', next)}`;
    }),
    ...troubles.map((text) => `${label('NO PLAN')}${wrap(printable(text), width, INDENT)}`),
  ];
}

function clean(run: Run, { width, style }: Paint): readonly string[] {
  const fine = run.checks.filter((check) => check.outcome === 'ok');
  if (fine.length === 0) return [];
  return [`  ${padEnd(style('green', 'OK'), INDENT - 2)}${wrap(fine.map(named).join(', '), width, INDENT)}`];
}

function named(check: RunCheck): string {
  return check.looked > 1 ? `${check.id} (${check.looked})` : check.id;
}

function mutedLine(muted: readonly Finding[], { width, style, now }: Paint): readonly string[] {
  if (muted.length === 0) return [];
  const told = muted.map((finding) => {
    const rule = muteThatHolds(finding, now)?.rule ?? null;
    return `${finding.title} (${finding.id}${rule === null ? '' : `, by ${rule}`})`;
  });
  return [`  ${padEnd(style('dim', 'MUTED'), INDENT - 2)}${style('dim', wrap(told.join('; '), width, INDENT))}`];
}

function summary(
  view: RunView,
  groups: Readonly<Record<'fresh' | 'ongoing' | 'resolved' | 'muted', readonly Finding[]>>,
  { style, width }: Paint,
): string {
  const { run } = view;
  const unknown = run.checks.reduce(
    (sum, check) => sum + (check.hidden.length || (check.outcome === 'unknown' ? 1 : 0)),
    0,
  );
  if (run.checks.length === 0) return 'This runbook asks for no checks, so nothing was looked at.';
  const looked = run.checks.reduce((sum, check) => sum + check.looked, 0);
  const changed = groups.fresh.filter((finding) => finding.standing === 'changed').length;
  const figures = [
    count(groups.fresh.length - changed, 'new', 'new'),
    ...(changed > 0 ? [`${changed} changed`] : []),
    `${groups.ongoing.length} ongoing`,
    `${groups.resolved.length} resolved`,
    ...(groups.muted.length > 0 ? [`${groups.muted.length} muted`] : []),
    ...(unknown > 0 ? [style('magenta', `${unknown} unknown`)] : []),
  ].join(', ');
  const scope = `${count(run.checks.length, 'check')}, ${count(looked, 'resource')}`;
  const allClear = unknown === 0 && groups.fresh.length + groups.ongoing.length + groups.muted.length === 0;
  return wrap(
    allClear && groups.resolved.length === 0 ? `${style('green', 'All clear.')} ${scope}.` : `${figures}. ${scope}.`,
    width,
    0,
  );
}

function lines(parts: readonly string[]): string {
  return parts.join('\n');
}
