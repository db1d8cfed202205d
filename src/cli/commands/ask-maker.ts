import { draftPlan } from '../../app/ask/draft.ts';
import { followPlan } from '../follow-plan.ts';
import { modelChoice } from '../model-choice.ts';
import { planExit } from '../plan-exit.ts';
import { text, texts, type Options } from '../options.ts';
import { presentPlan, withGate } from '../with-gate.ts';
import type { Door } from '../door.ts';

/** `holdfast ask "…" --maker`: seals the one change that a sentence asks for into a plan that waits. */
export async function askMaker(door: Door, sentence: string, options: Options): Promise<number> {
  return withGate(door, async (app, gate) => {
    const request = {
      sentence,
      context: text(options['context']),
      namespaces: texts(options['namespace']),
      model: modelChoice(options, 'ask'),
      policy: {
        policy: text(options['policy']),
        proof: { digest: text(options['policyDigest']), signature: text(options['policySignature']) },
        apply: options['apply'] === true,
      },
    };
    const plan = await draftPlan(app, gate, request, gate.context.signal);
    if (plan.status !== 'authorised') {
      presentPlan(door, app, plan);
      return planExit(plan.status, false);
    }
    if (door.options.output === 'human') presentPlan(door, app, plan);
    return followPlan(door, app, gate, plan);
  });
}
