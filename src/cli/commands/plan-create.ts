import { ciIdentity } from '../../app/ci.ts';
import { createPlan, undoPlan, type PolicyRequest } from '../../app/plan-create.ts';
import { exportPlan, importPlan } from '../../app/plan-files.ts';
import { operator } from '../../app/plans.ts';
import type { StatefulApp } from '../../app/app.ts';
import type { Gate } from '../../app/gate.ts';
import type { Actor } from '../../domain/actor.ts';
import type { Plan } from '../../domain/plan.ts';
import { say, type Door } from '../door.ts';
import { planExit } from '../plan-exit.ts';
import { followPlan } from '../follow-plan.ts';
import { text, texts, type Options } from '../options.ts';
import { presentPlan, withGate } from '../with-gate.ts';

/** `holdfast plan create`: seals a draft and puts it into the queue; with --apply what the policy allows is applied. */
export async function planCreate(door: Door, [action]: readonly string[], options: Options): Promise<number> {
  const ci = options['ci'] === true;
  return withGate(
    door,
    async (app, gate) => {
      const request = {
        action: action ?? null,
        settings: texts(options['set']),
        file: text(options['file']),
        why: text(options['why']),
        expires: text(options['expires']),
      };
      const plan = await createPlan(app, gate, await actorOf(app, gate, options), request, policyOf(options));
      return goOn(door, app, gate, plan, options);
    },
    { durable: !ci },
  );
}

export async function planImport(door: Door, [file = '']: readonly string[], options: Options): Promise<number> {
  const ci = options['ci'] === true;
  return withGate(
    door,
    async (app, gate) => {
      const actor = await actorOf(app, gate, options);
      const receivers = [gate.instance, ...(ci ? [actor.name] : [])];
      const request = { ...policyOf(options), file, digest: text(options['digest']), receivers };
      const plan = await importPlan(app, gate, actor, request);
      return goOn(door, app, gate, plan, options);
    },
    { durable: !ci },
  );
}

/** `holdfast plan undo`: makes the plan that takes another back; it waits like any other. */
export async function planUndo(door: Door, [id = '']: readonly string[]): Promise<number> {
  return withGate(door, async (app, gate) => {
    const plan = await undoPlan(app, gate, id, operator(app));
    presentPlan(door, app, plan);
    return planExit(plan.status, false);
  });
}

/** A plan that a policy authorised is applied now; one that waits is written to --export, where that is given. */
async function goOn(door: Door, app: StatefulApp, gate: Gate, plan: Plan, options: Options): Promise<number> {
  const file = text(options['export']);
  if (plan.status === 'authorised') {
    if (door.options.output === 'human') presentPlan(door, app, plan);
    return followPlan(door, app, gate, plan);
  }
  if (file !== undefined && plan.status === 'queued')
    say(door, app, `Written to ${exportPlan(app, plan, file, text(options['for']) ?? gate.instance)}.`);
  presentPlan(door, app, plan);
  return planExit(plan.status, false);
}

async function actorOf(app: StatefulApp, gate: Gate, options: Options): Promise<Actor> {
  if (options['ci'] !== true) return operator(app);
  return ciIdentity(app, { named: text(options['actorName']) ?? null, signal: gate.context.signal });
}

function policyOf(options: Options): PolicyRequest {
  return {
    policy: text(options['policy']),
    proof: { digest: text(options['policyDigest']), signature: text(options['policySignature']) },
    apply: options['apply'] === true,
  };
}
