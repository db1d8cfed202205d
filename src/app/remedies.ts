import { dirname, resolve } from 'node:path';
import { CodedError } from '../domain/coded-error.ts';
import type { Finding } from '../domain/finding.ts';
import { dispositionOf } from '../domain/finding.ts';
import type { Plan } from '../domain/plan.ts';
import type { Remediation, Runbook } from '../domain/runbook.ts';
import type { RunReport } from '../domain/run.ts';
import { isAtLeast } from '../domain/severity.ts';
import { propose, type ProposeDeps, type Proposed } from '../maker/propose.ts';
import type { StatefulApp } from './app.ts';
import { openGate, type Gate } from './gate.ts';
import { NO_POLICY, proposeDeps } from './plan-create.ts';

/** What a run's findings made its runbook propose. */
export interface Remedies {
  /** Plans that were made or wait already. */
  readonly plans: readonly Plan[];
  /** Proposals that came to nothing, one sentence each. */
  readonly troubles: readonly string[];
}

export const NO_REMEDIES: Remedies = { plans: [], troubles: [] };

/** How long a proposal of a runbook waits: the operator may be asleep, or away for a day. */
const EXPIRES_MS = 24 * 3_600_000;

/**
 * Drafts what `onFinding` says for the findings of a run: held like any other plan. The same is proposed once while it
 * waits, and not again after the operator said no to it, until the finding has come back.
 */
export async function proposeRemedies(
  app: StatefulApp,
  runbook: Runbook,
  report: RunReport,
  signal: AbortSignal,
): Promise<Remedies> {
  if (runbook.onFinding.length === 0 || app.unkept !== null || report.run.status !== 'done') return NO_REMEDIES;
  const plans: Plan[] = [];
  const troubles: string[] = [];
  const gate = openGate(app, { signal });
  const deps = depsFor(app, gate, runbook);
  const now = app.surroundings.clock.now();
  for (const remedy of runbook.onFinding) {
    const findings = report.findings.filter((finding) => isMeant(finding, remedy, now));
    if (findings.length === 0) continue;
    const proposed = await proposeOne(deps, runbook, remedy, findings);
    if ('plan' in proposed && proposed.status !== 'said-no' && proposed.plan.status !== 'noop')
      plans.push(proposed.plan);
    const trouble = troubleOf(proposed, remedy);
    if (trouble !== null) troubles.push(trouble);
  }
  app.audit.sealHead();
  return { plans, troubles };
}

function isMeant(finding: Finding, { check, minSeverity }: Remediation, now: number): boolean {
  return (
    finding.check === check &&
    finding.standing !== 'resolved' &&
    isAtLeast(finding.severity, minSeverity) &&
    dispositionOf(finding, now) !== 'muted'
  );
}

function proposeOne(
  deps: ProposeDeps,
  runbook: Runbook,
  remedy: Remediation,
  findings: readonly Finding[],
): Promise<Proposed> {
  const opened = Math.max(...findings.map(({ firstSeen, turns }) => Math.max(firstSeen, ...turns)));
  return propose(
    {
      why: findings.map(({ title }) => title).join('; '),
      origin: {
        actor: { kind: 'runbook', name: runbook.name, digest: runbook.digest },
        findings: findings.map(({ id }) => id),
      },
      steps: [{ action: remedy.propose, params: remedy.with }],
      expiresInMs: EXPIRES_MS,
      reverts: null,
    },
    { ...deps, noSince: opened },
  );
}

/**
 * A runbook's policy lies beside the runbook, and what it allows needs no further word: that is what it is for. One
 * that can't be read, or has a mistake, allows nothing: what is proposed waits, and says why.
 */
export function depsFor(app: StatefulApp, gate: Gate, { policy, path }: Runbook): ProposeDeps {
  if (policy === null) return proposeDeps(app, gate, NO_POLICY);
  try {
    return proposeDeps(app, gate, { ...NO_POLICY, policy: resolve(dirname(path), policy), apply: true });
  } catch (error) {
    if (!(error instanceof CodedError) || !error.code.startsWith('POLICY_')) throw error;
    return { ...proposeDeps(app, gate, NO_POLICY), untrusted: `${policy}: ${error.message}` };
  }
}

function troubleOf(proposed: Proposed, remedy: Remediation): string | null {
  switch (proposed.status) {
    case 'invalid':
      return `${remedy.propose} can't be proposed: ${proposed.failure.message}`;
    case 'too-many':
      return `${remedy.propose} is not proposed: ${proposed.made} plans within a day are enough`;
    case 'made':
    case 'waits-already':
    case 'said-no':
      return null;
    default:
      return proposed satisfies never;
  }
}
