import type { Finding } from '../domain/finding.ts';
import type { RunReport } from '../domain/run.ts';
import type { RunId } from '../domain/id.ts';
import type { Notification } from '../domain/notification.ts';
import type { Addressed, Routing, Told, ToldLately } from '../domain/told.ts';
import { compose, short } from './compose.ts';
import { hasRoom, isUrgent } from './gate.ts';
import { newsOf, newsOfEnd, type Step } from './news.ts';
import type { Circumstances, RoutingRules } from './rules.ts';
import type { Line } from './line.ts';
import { newsOfRun } from './run-trouble.ts';
import { newsOfHeldTrouble } from './trouble.ts';

/**
 * What is to be told after a run: one notification at most, of changes only; that the run itself
 * failed is among them. `told` are all rows of this runbook. A finding that was told and is not in the report is resolved: an earlier run
 * resolved it and its process died before that was told.
 */
export function routeRun(
  report: RunReport,
  told: readonly Told[],
  ways: readonly string[],
  rules: RoutingRules,
  circumstances: Circumstances,
): Routing {
  const { now } = circumstances;
  const rows = findingRows(told);
  const notLookedAt = new Set(report.run.findings.filter(({ looked }) => !looked).map(({ key }) => key));
  const open = new Set<string>(report.findings.map(({ key }) => key));
  const steps = [
    ...newsOfRun(report, told, rules, now, circumstances.redactor),
    ...report.findings.map((finding) =>
      newsOf(finding, rows.get(finding.key), !notLookedAt.has(finding.key), rules, now),
    ),
    ...[...rows.values()].filter(({ key }) => !open.has(key)).map((row) => newsOfEnd(row, now)),
  ];
  const about = { run: report.run.id, heldBack: false, waysOf: () => ways };
  return settle(steps, about, rules, circumstances);
}

/**
 * What was held back by quiet hours or a cap and may be told now, in one notification for each set
 * of ways. `findings` are the findings of the held rows as they are now; at the start of a process
 * all open ones, so that what a dead process learnt and never told is told too.
 */
export function routeHeld(
  findings: readonly Finding[],
  told: readonly Told[],
  waysOf: (runbook: string | null) => readonly string[],
  rules: RoutingRules,
  circumstances: Circumstances,
): Routing {
  const { now } = circumstances;
  const rows = findingRows(told);
  const byKey = new Map<string, Finding>(findings.map((finding) => [finding.key, finding]));
  const held = told.filter(({ heldSince }) => heldSince !== null);
  const steps = [
    ...findings
      .filter(({ key, standing }) => rows.has(key) || standing !== 'resolved')
      .map((finding) => {
        const row = rows.get(finding.key);
        return newsOf(finding, row, row !== undefined && row.heldSince !== null, rules, now);
      }),
    ...held.filter(({ key, finding }) => finding !== null && !byKey.has(key)).map((row) => newsOfEnd(row, now)),
    ...held.filter(({ finding }) => finding === null).map((row) => newsOfHeldTrouble(row, now)),
  ];
  return settle(steps, { run: null, heldBack: true, waysOf }, rules, circumstances);
}

type NewsStep = Extract<Step, { readonly kind: 'news' }>;

interface About {
  readonly run: RunId | null;
  readonly heldBack: boolean;
  waysOf(runbook: string | null): readonly string[];
}

/** Puts what may be told now into notifications, and the rest on hold. */
export function settle(
  steps: readonly Step[],
  about: About,
  rules: RoutingRules,
  circumstances: Circumstances,
): Routing {
  const { quiet, redactor } = circumstances;
  const messages: Addressed[] = [];
  const rows: Told[] = steps.flatMap((step) => (step.kind === 'note' ? [step.row] : []));
  const forgotten: string[] = steps.flatMap((step) => (step.kind === 'forget' ? [step.key] : []));
  let { lately } = circumstances;

  for (const [ways, group] of byWays(steps.filter(isNews), about)) {
    const audible = quiet ? group.filter(({ line }) => isUrgent(line, rules)) : group;
    const told = hasRoom(
      audible.map(({ line }) => line),
      lately,
      rules,
    )
      ? audible
      : [];
    if (told.length > 0) {
      const lines = told.map(({ line }) => line);
      const kind = kindOf(lines);
      messages.push({ notification: compose(lines, { ...about, kind }, circumstances), ways });
      lately = oneMore(lately);
    }
    const spoken = new Set(told);
    for (const step of group) {
      const row = spoken.has(step) ? step.told : step.held;
      if (row !== null) rows.push(row);
      else if (spoken.has(step)) forgotten.push(step.key);
    }
  }
  return { messages, told: rows.map((row) => ({ ...row, text: short(row.text, redactor) })), forgotten };
}

function byWays(
  steps: readonly NewsStep[],
  about: About,
): readonly (readonly [readonly string[], readonly NewsStep[]])[] {
  const groups = new Map<string, { readonly ways: readonly string[]; readonly steps: NewsStep[] }>();
  const known = new Map<string | null, readonly string[]>();
  for (const step of steps) {
    const { runbook } = step.line;
    const ways = known.get(runbook) ?? [...new Set(about.waysOf(runbook))];
    known.set(runbook, ways);
    const key = ways.join('\n');
    const group = groups.get(key) ?? { ways, steps: [] };
    groups.set(key, group);
    group.steps.push(step);
  }
  return [...groups.values()].map(({ ways, steps: ofGroup }) => [ways, ofGroup]);
}

function isNews(step: Step): step is NewsStep {
  return step.kind === 'news';
}

function oneMore({ lastHour, lastDay }: ToldLately): ToldLately {
  return { lastHour: lastHour + 1, lastDay: lastDay + 1 };
}

function findingRows(told: readonly Told[]): ReadonlyMap<string, Told> {
  return new Map(told.filter(({ finding }) => finding !== null).map((row) => [row.key, row]));
}

function kindOf(lines: readonly Line[]): Notification['kind'] {
  if (lines.some(({ finding }) => finding !== null)) return 'findings';
  return lines.every(({ news }) => news === 'plan') ? 'plan' : 'trouble';
}
