import { canonicalJson } from '../domain/canonical-json.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { SealedPlan, SealedStep } from '../domain/plan.ts';
import { seal, type SealDeps } from './seal.ts';

/**
 * The first part of a sealed plan that is not what would be sealed of its steps here and now: `steps.s1.after`; null
 * when all of it is. Left out is what tells of no step, and how a resource looks (`before.shown`), which may change
 * by itself. PLAN_INVALID when the steps can't be sealed here.
 */
export async function differsHere(sealed: SealedPlan, deps: SealDeps): Promise<string | null> {
  const { why, origin, reverts, supersedes, createdAt, expiresAt } = sealed;
  const steps = sealed.steps.map(({ action, params }) => ({ action, params }));
  const draft = { why, origin, steps, reverts, expiresInMs: expiresAt - createdAt };
  const again = await seal(draft, deps, { supersedes, at: createdAt });
  if (again.status === 'invalid')
    throw new CodedError('PLAN_INVALID', `plan ${sealed.id} can't be sealed here: ${again.failure.message}`, {
      where: again.step === null ? again.failure.code : `${again.step} ${again.failure.code}`,
      next: 'make the plan where its target can be read',
    });
  const there = partsOf(sealed);
  const here = partsOf(again.body.sealed);
  const paths = [...new Set([...there.keys(), ...here.keys()])];
  return paths.find((path) => there.get(path) !== here.get(path)) ?? null;
}

/** What an action says of its steps, and what is reckoned from that, as canonical JSON under its path. */
function partsOf({ title, target, steps, cost, risk, destructive }: SealedPlan): ReadonlyMap<string, string> {
  const parts: readonly (readonly [string, unknown])[] = [
    ['target', target],
    ...steps.flatMap((step) => Object.entries(comparable(step)).map(([name, value]) => pair(step.id, name, value))),
    ['title', title],
    ['cost', cost],
    ['risk', risk],
    ['destructive', destructive],
  ];
  return new Map(parts.map(([path, value]) => [path, canonicalJson(value)]));
}

function comparable({ before: { identity, rests }, ...step }: SealedStep) {
  return { ...step, before: { identity, rests } };
}

function pair(step: string, name: string, value: unknown): readonly [string, unknown] {
  return [`steps.${step}.${name}`, value];
}
