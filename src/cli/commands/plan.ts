import { contextOf } from '../../app/plan-context.ts';
import { exportPlan } from '../../app/plan-files.ts';
import { decideOverPlan, listPlans, thePlan, type OperatorVerb } from '../../app/plans.ts';
import { approvalChallenge } from '../../app/plan-approve.ts';
import { planDocument } from '../../documents/plan.ts';
import { EXIT, print, type Door } from '../door.ts';
import { followPlan } from '../follow-plan.ts';
import { planExit } from '../plan-exit.ts';
import { present } from '../present.ts';
import { planDiff, plansHuman } from '../views/plan-human.ts';
import { text, type Options } from '../options.ts';
import { presentPlan, withGate } from '../with-gate.ts';

export async function planList(door: Door, _args: readonly string[], options: Options): Promise<number> {
  return withGate(door, (app, gate) => {
    const plans = listPlans(gate, { all: options['all'] === true, limit: Number(options['limit']) });
    const documents = plans.map((plan) => planDocument(plan, contextOf(app, plan)));
    present(door, app, {
      human: () => plansHuman(plans, door.terminal.columns, door.terminal.style),
      json: () => ['plans', { plans: documents }],
      ndjson: () => ['plan', documents],
    });
    return EXIT.done;
  });
}

export async function planShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  return withGate(door, (app, gate) => {
    presentPlan(door, app, thePlan(gate, id));
    return EXIT.done;
  });
}

export async function planDiffShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  return withGate(door, (app, gate) => {
    const plan = thePlan(gate, id);
    present(door, app, {
      human: () => planDiff(plan, door.terminal.style),
      json: () => ['plan', planDocument(plan, contextOf(app, plan))],
    });
    return EXIT.done;
  });
}

export async function planReject(door: Door, args: readonly string[], options: Options): Promise<number> {
  return decide(door, args, options, 'reject');
}

export async function planWithdraw(door: Door, args: readonly string[], options: Options): Promise<number> {
  return decide(door, args, options, 'withdraw');
}

export async function planRevoke(door: Door, args: readonly string[], options: Options): Promise<number> {
  return decide(door, args, options, 'revoke');
}

export async function planAbandon(door: Door, args: readonly string[], options: Options): Promise<number> {
  return decide(door, args, options, 'abandon');
}

function decide(door: Door, [id = '']: readonly string[], options: Options, verb: OperatorVerb): Promise<number> {
  return withGate(door, (app, gate) => {
    presentPlan(door, app, decideOverPlan(app, gate, id, verb, text(options['reason'])));
    return EXIT.done;
  });
}

export async function planResume(door: Door, [id = '']: readonly string[]): Promise<number> {
  return withGate(door, (app, gate) => followPlan(door, app, gate, thePlan(gate, id), { resume: true }));
}

/** `holdfast plan wait`: until it has ended; the exit code says how. */
export async function planWait(door: Door, [id = '']: readonly string[]): Promise<number> {
  return withGate(door, async (app, gate) => {
    let plan = thePlan(gate, id);
    while (['queued', 'authorised', 'applying', 'applied'].includes(plan.status) && !gate.context.signal.aborted) {
      await gate.sleep(POLL_MS, gate.context.signal);
      plan = thePlan(gate, plan.id);
    }
    presentPlan(door, app, plan);
    return gate.context.signal.aborted ? EXIT.interrupted : planExit(plan.status, gate.store.hold() !== null);
  });
}

const POLL_MS = 250;

export async function planExport(
  door: Door,
  [id = '', file = '']: readonly string[],
  options: Options,
): Promise<number> {
  return withGate(door, (app, gate) => {
    const path = exportPlan(app, thePlan(gate, id), file, text(options['for']) ?? gate.instance);
    present(door, app, { human: () => `Wrote ${path}`, json: () => ['file', { path }] });
    return EXIT.done;
  });
}

/** `holdfast plan challenge`: the bytes that an approval by signature signs. */
export async function planChallenge(door: Door, [id = '']: readonly string[], options: Options): Promise<number> {
  return withGate(door, (app, gate) => {
    print(door, app, approvalChallenge(thePlan(gate, id), gate.instance, options['allowDestructive'] === true));
    return EXIT.done;
  });
}
