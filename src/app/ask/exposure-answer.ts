import type { Answer, AskFinding } from '../../domain/answer.ts';
import type { CheckId } from '../../domain/check.ts';
import { dispositionOf, type Finding } from '../../domain/finding.ts';
import { printable } from '../../domain/printable.ts';
import { redactedStart } from '../../domain/redaction/redacted-start.ts';
import type { Run, RunCheck } from '../../domain/run.ts';
import { isAtLeast, SEVERITIES } from '../../domain/severity.ts';
import { runsTable } from '../../store/runs.ts';
import type { StatefulApp } from '../app.ts';
import { DRIFT_CHECK } from '../drift-check.ts';
import { listFindings } from '../findings.ts';
import type { Asked } from './ask.ts';
import { LONGEST_QUESTION } from './question.ts';
import { createShelf } from './shelf.ts';
import { UNHEALTHY_FROM } from './verdict.ts';

/** A nightly comparison that is older than this says nothing of today, milliseconds. */
const FRESH_MS = 36 * 3_600_000;

/**
 * Answers whether outsiders can reach something new: by what the runbooks' comparisons with their baselines found, which
 * are scans of minutes and not asked anew for a question. Well only when every comparison is of late and saw everything.
 */
export async function exposureAnswer(app: StatefulApp, asked: string): Promise<Asked> {
  const { redactor } = app;
  const now = app.surroundings.clock.now();
  const exposing = await exposingKinds(app);
  const findings = listFindings(app, { resolved: false })
    .filter((finding) => isExposure(finding, exposing) && dispositionOf(finding, now) === 'none')
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const comparisons = comparisonsOf(app, now);
  const healthy = healthOf(findings, comparisons);
  const shelf = createShelf(redactor);
  shelf.put('drift', {}, JSON.stringify(comparisons));
  const answer: Answer = {
    question: redactedStart(redactor, printable(asked), LONGEST_QUESTION),
    text: redactor.text(printable(wordsOf(findings, comparisons, healthy))),
    by: 'checks',
    healthy,
    findings: findings.map(shown),
    rows: [],
    exhibits: shelf.all(),
    statements: [],
    checks: [],
    about: [DRIFT_CHECK, ...exposureChecks(app)],
    notes: notesOf(comparisons).map((note) => redactor.text(printable(note))),
    model: null,
    failure: null,
    calls: [],
    spent: { calls: 0, tokens: 0, usd: 0 },
  };
  return { answer, trace: [redactor.text('what the runbooks’ comparisons with their baselines found')] };
}

/** The last comparison of a runbook with its baseline. */
interface Comparison {
  readonly runbook: string;
  readonly at: string;
  readonly isFresh: boolean;
  /** Whether all of it could be read. */
  readonly isWhole: boolean;
}

function comparisonsOf(app: StatefulApp, now: number): readonly Comparison[] {
  const runs = runsTable(app.database);
  return runs.latestEnded().flatMap((latest) => {
    if (latest.status === 'done') return comparisonsIn(latest, now);
    // It may have died before it compared: then what was compared before is not all that should be known.
    const compared = runs
      .latest({ limit: MOST_RUNS, runbook: latest.runbook })
      .find(({ checks }) => checks.some(isComparison));
    return compared === undefined
      ? []
      : comparisonsIn(compared, now).map((comparison) => ({ ...comparison, isWhole: false }));
  });
}

/** Runs of a runbook that are looked through for the last one that compared. */
const MOST_RUNS = 50;

function comparisonsIn({ runbook, startedAt, checks }: Run, now: number): readonly Comparison[] {
  return checks.filter(isComparison).map(({ outcome, hidden }) => ({
    runbook,
    at: new Date(startedAt).toISOString(),
    isFresh: now - startedAt <= FRESH_MS,
    isWhole: outcome !== 'unknown' && hidden.length === 0,
  }));
}

function isComparison({ id }: RunCheck): boolean {
  return id === DRIFT_CHECK;
}

function healthOf(findings: readonly Finding[], comparisons: readonly Comparison[]): boolean | null {
  if (findings.some(({ severity }) => isAtLeast(severity, UNHEALTHY_FROM))) return false;
  return comparisons.length > 0 && comparisons.every(({ isFresh, isWhole }) => isFresh && isWhole) ? true : null;
}

function wordsOf(findings: readonly Finding[], comparisons: readonly Comparison[], healthy: boolean | null): string {
  const last = comparisons
    .map(({ at }) => at)
    .toSorted()
    .at(-1);
  if (last === undefined) return 'Not known: no runbook that compares with a baseline has run here.';
  const [worst] = findings;
  const found =
    worst === undefined
      ? 'nothing that outsiders can reach is new'
      : `${findings.length} that outsiders can reach ${findings.length === 1 ? 'is' : 'are'} not as accepted; the worst: ${worst.title}`;
  const compared = `compared with ${comparisons.length === 1 ? 'the baseline' : `${comparisons.length} baselines`}, last at ${last}`;
  return healthy === null
    ? `Not known for all of it: ${found} (${compared}).`
    : `As far as accepted: ${found} (${compared}).`;
}

function notesOf(comparisons: readonly Comparison[]): readonly string[] {
  if (comparisons.length === 0)
    return [
      'A runbook with `baseline:`, such as runbooks/nightly-drift.yaml, is what sees new exposure: run it once to take the baseline.',
    ];
  return comparisons.flatMap(({ runbook, at, isFresh, isWhole }) => [
    ...(isFresh ? [] : [`${runbook} compared last at ${at}: too long ago to say how it is now.`]),
    ...(isWhole ? [] : [`${runbook} could not read all of it: \`holdfast runs --runbook ${runbook}\` says what.`]),
  ]);
}

/** The kinds of facts that are something outsiders may reach. */
async function exposingKinds({ inventory }: StatefulApp): Promise<ReadonlySet<string>> {
  const sources = await Promise.all(inventory.ids.map((id) => inventory.load(id)));
  return new Set(
    sources.flatMap(({ kinds }) => Object.entries(kinds).flatMap(([kind, { exposes }]) => (exposes ? [kind] : []))),
  );
}

/** Of drift, the kind stands in the resource's id (`aws:123456789012/open-ingress/…`); what was taken away exposes nothing. */
function isExposure({ check, resource, discriminator }: Finding, kinds: ReadonlySet<string>): boolean {
  if (check !== DRIFT_CHECK) return isExposureCheck(check);
  return kinds.has(resource.split('/')[1] ?? '') && !discriminator.startsWith('removed');
}

function exposureChecks({ catalog }: StatefulApp): readonly CheckId[] {
  return catalog.ids.filter(isExposureCheck);
}

function isExposureCheck(id: CheckId): boolean {
  return /^[^/]+\/exposure-/.test(id);
}

function shown({
  check,
  resource,
  name,
  discriminator,
  severity,
  title,
  why,
  next,
  evidence,
  evidenceClass,
  monthlyCost,
}: Finding): AskFinding {
  return { check, resource, name, discriminator, severity, title, why, next, evidence, evidenceClass, monthlyCost };
}
