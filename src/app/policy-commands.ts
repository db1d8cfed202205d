import { resolve } from 'node:path';
import type { Mistake } from '../domain/mistake.ts';
import type { Plan } from '../domain/plan.ts';
import { actionCatalog } from '../maker/actions/catalog.ts';
import { askPolicy } from '../maker/claim.ts';
import type { PolicyEffect } from '../domain/policy.ts';
import { explainDecision, type ExplainedDecision } from '../maker/policy/explain.ts';
import { lintPolicy } from '../maker/policy/lint.ts';
import { runPolicyTests, type PolicyTestReport } from '../maker/policy/test.ts';
import { questionOf } from '../maker/question.ts';
import type { App, StatefulApp } from './app.ts';
import type { Gate } from './gate.ts';
import { readPolicy, soundPolicy, type PolicyFile } from './policies.ts';
import { broughtBy, operator } from './plans.ts';

/** Mistakes in policy files, and what may not be meant. */
export function lintPolicies(app: App, files: readonly string[]): readonly Mistake[] {
  return files.flatMap((named) => {
    const { file } = open(app, named);
    const now = app.surroundings.clock.now();
    return [...file.mistakes, ...lintPolicy(file, { now, actions: actionCatalog.refs })];
  });
}

/** Plays the tests in a policy's file. */
export function testPolicy(app: App, named: string): PolicyTestReport {
  return runPolicyTests(soundPolicy(open(app, named).file));
}

/** Why a policy would allow a plan, or not, if it were asked now. */
export function explainPolicy(
  app: StatefulApp,
  gate: Gate,
  named: string,
  plan: Plan,
): ExplainedDecision & { readonly effect: PolicyEffect } {
  const policy = soundPolicy(open(app, named).file);
  const at = gate.clock.now();
  const actor = broughtBy(app, plan) ?? plan.sealed.origin.actor;
  const explanation = askPolicy(gate, plan, actor, policy, at);
  const about = { at, actor, environments: gate.environments, durable: gate.durable, used: new Map<string, number>() };
  return { ...explainDecision(policy, questionOf(plan, about), explanation), effect: explanation.decision.effect };
}

/** Pins a policy file as it is now: what it allows is applied without a further word. */
export function trustPolicy(app: StatefulApp, gate: Gate, named: string): PolicyFile {
  const { file, path } = open(app, named);
  const policy = soundPolicy(file);
  const by = operator(app);
  gate.store.transaction(() => {
    gate.store.trust({
      digest: file.digest,
      policy: policy.name,
      path: app.redactor.text(path),
      at: gate.clock.now(),
    });
    gate.store.audit.append({
      actor: by,
      verb: 'policy-trusted',
      object: policy.name,
      outcome: 'trusted',
      detail: app.redactor.data({ digest: file.digest, path }),
    });
  });
  return file;
}

/** Takes a pin back: grants of that file are dead from now on. */
export function untrustPolicy(app: StatefulApp, gate: Gate, named: string): PolicyFile {
  const { file } = open(app, named);
  gate.store.transaction(() => {
    gate.store.untrust(file.digest);
    gate.store.audit.append({
      actor: operator(app),
      verb: 'policy-untrusted',
      object: file.policy?.name ?? named,
      outcome: 'untrusted',
      detail: app.redactor.data({ digest: file.digest }),
    });
  });
  return file;
}

function open(app: App, named: string): { readonly file: PolicyFile; readonly path: string } {
  const path = resolve(app.surroundings.cwd, named);
  return { file: readPolicy(path, named), path };
}

export type { ExplainedDecision, PolicyTestReport };
