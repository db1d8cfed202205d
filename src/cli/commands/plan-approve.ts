import { approve, rightAnswer, type AskOperator } from '../../app/plan-approve.ts';
import { thePlan } from '../../app/plans.ts';
import type { StatefulApp } from '../../app/app.ts';
import type { Gate } from '../../app/gate.ts';
import { say, type Door } from '../door.ts';
import { followPlan } from '../follow-plan.ts';
import { planExit } from '../plan-exit.ts';
import { question } from '../views/plan-human.ts';
import { text, type Options } from '../options.ts';
import { presentPlan, withGate } from '../with-gate.ts';

/** `holdfast plan approve`: shows the whole card and asks; applied at once, by `up` or by this command itself. */
export async function planApprove(door: Door, [id = '']: readonly string[], options: Options): Promise<number> {
  return withGate(door, async (app, gate) => {
    const plan = thePlan(gate, id);
    const request = {
      digest: text(options['digest']),
      allowDestructive: options['allowDestructive'] === true,
      code: text(options['code']),
      signature: text(options['signature']),
    };
    const approved = await approve(app, gate, plan, request, door.terminal.interactive ? asker(door, app, gate) : null);
    if (options['apply'] === false) {
      presentPlan(door, app, approved);
      return planExit('verified', false);
    }
    say(door, app, `Approved ${approved.digest}.`);
    return followPlan(door, app, gate, approved);
  });
}

/** Shows the card on the terminal and waits for the typed answer; leaving, or anything else, is no. */
function asker(door: Door, app: StatefulApp, { context: { signal } }: Gate): AskOperator {
  return async (plan) => {
    presentPlan({ ...door, options: { ...door.options, output: 'human' } }, app, plan);
    const { text: ask, isCancel } = await import('@clack/prompts');
    const leaving = door.terminal.leaving();
    try {
      const answer = await ask({ message: question(plan), signal: AbortSignal.any([leaving.signal, signal]) });
      if (isCancel(answer)) return { yes: false, code: null };
      const typed = answer.trim();
      return { yes: typed === rightAnswer(plan), code: typed };
    } finally {
      leaving.done();
    }
  };
}
