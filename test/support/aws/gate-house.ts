import type { StepDraft } from '../../../src/domain/action.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { actionCatalog } from '../../../src/maker/actions/catalog.ts';
import { approvePlan } from '../../../src/maker/approve.ts';
import { propose } from '../../../src/maker/propose.ts';
import { pursue } from '../../../src/maker/pursue.ts';
import { undoDraft } from '../../../src/maker/undo.ts';
import { openAwsReader } from '../../../src/providers/aws/open.ts';
import { openGate } from '../gate/deps.ts';
import { aDraft, yesTo } from '../gate/house.ts';
import { anAwsWorld } from './aws-world.ts';

/** A gate with the real catalogue of actions, before a fake AWS. */
export async function awsHouse() {
  const world = await anAwsWorld();
  const gate = openGate({ url: 'http://127.0.0.1:1', token: 'none' }, { catalog: () => actionCatalog });
  const provider = { ...gate.provider, env: world.deps.env };
  const deps = { ...gate, provider, readerOf: async () => openAwsReader(provider) };
  const proposed = (steps: readonly StepDraft[], reverts: Plan['id'] | null = null) =>
    propose(aDraft(steps, { reverts }), deps);
  const plan = (answer: Awaited<ReturnType<typeof proposed>>): Plan => {
    if (answer.status !== 'made') throw new Error(`no plan: ${JSON.stringify(answer)}`);
    return answer.plan;
  };
  const carriedOut = async (made: Plan): Promise<Plan> => {
    approvePlan(deps, made.id, yesTo(made), () => undefined);
    return (await pursue(made.id, deps)).plan;
  };
  return {
    ...world,
    made: async (action: string, params: JsonObject) => plan(await proposed([{ action, params }])),
    refusal: async (action: string, params: JsonObject) => {
      const answer = await proposed([{ action, params }]);
      if (answer.status !== 'invalid') throw new Error(`it was not refused: ${answer.status}`);
      return answer.failure.code;
    },
    carriedOut,
    resumed: async (made: Plan) => (await pursue(made.id, deps, { resume: true })).plan,
    undone: async (done: Plan) => carriedOut(plan(await proposed((await undoDraft(done, deps)).steps, done.id))),
    [Symbol.dispose]: () => gate.database.close(),
  };
}
