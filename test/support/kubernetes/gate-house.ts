import type { ActionCatalog, StepDraft } from '../../../src/domain/action.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { actionCatalog } from '../../../src/maker/actions/catalog.ts';
import type { Attempt } from '../../../src/maker/apply.ts';
import { approvePlan } from '../../../src/maker/approve.ts';
import { propose } from '../../../src/maker/propose.ts';
import { pursue } from '../../../src/maker/pursue.ts';
import { undoDraft } from '../../../src/maker/undo.ts';
import { openKubernetesReader } from '../../../src/providers/kubernetes/open.ts';
import { openGate, type GateAtHand, type GateOptions } from '../gate/deps.ts';
import { aDraft, yesTo } from '../gate/house.ts';
import type { StoredObject } from './api.ts';
import { kubernetesServer, type KubernetesServer } from './server.ts';
import { namespace } from './writable-world.ts';
import { createWritableApi, type WritableApi } from './writable.ts';

/** The writable API served over HTTP, with a kubeconfig that leads to it. */
export async function writableServer(objects: readonly StoredObject[]): Promise<KubernetesServer<WritableApi>> {
  // A namespace that is not there lists as empty, and is said to be so.
  const api = createWritableApi([namespace('prod'), ...objects]);
  return kubernetesServer({
    api,
    users: [{ name: 'applier', groups: ['system:authenticated'] }],
    tls: false,
    fault: ({ method, path }) =>
      method !== 'GET' && !path.includes('dryRun=') && api.cutsNext() ? { type: 'reset', afterBytes: 0 } : null,
  });
}

/** A gate with the real catalogue of actions, before the cluster of a kubeconfig. */
export function openKubernetesGate(
  kubeconfig: string,
  token: string,
  { catalog = (real) => real, ...options }: Partial<GateOptions> = {},
): GateAtHand {
  const gate = openGate({ url: 'http://127.0.0.1:1', token }, { ...options, catalog: () => catalog(actionCatalog) });
  const provider = { ...gate.provider, env: { KUBECONFIG: kubeconfig } };
  return { ...gate, provider, readerOf: async () => openKubernetesReader(provider) };
}

/** A cluster, a gate before it, and what tests do with them in one word. */
export interface KubernetesHouse extends AsyncDisposable {
  readonly api: WritableApi;
  readonly gate: GateAtHand;
  /** Proposes, and takes nothing but a plan for an answer. */
  made(action: string, params: JsonObject): Promise<Plan>;
  /** The code that a draft is refused with. */
  refusal(action: string, params: JsonObject): Promise<string>;
  /** The words that go with it. */
  refusalWords(action: string, params: JsonObject): Promise<string>;
  approved(plan: Plan): void;
  pursued(plan: Plan, resume?: boolean): Promise<Attempt>;
  /** Proposes, approves and pursues. */
  done(action: string, params: JsonObject): Promise<Plan>;
  /** Takes back what a plan did, through the gate again. */
  undone(plan: Plan): Promise<Plan>;
}

export async function kubernetesHouse(
  objects: readonly StoredObject[],
  options: { readonly catalog?: (real: ActionCatalog) => ActionCatalog } = {},
): Promise<KubernetesHouse> {
  const server = await writableServer(objects);
  const gate = openKubernetesGate(server.kubeconfig, server.token('applier'), options);
  const proposed = (steps: readonly StepDraft[], reverts: Plan['id'] | null = null) =>
    propose(aDraft(steps, { reverts }), gate);
  const plan = (answer: Awaited<ReturnType<typeof proposed>>): Plan => {
    if (answer.status !== 'made') throw new Error(`no plan: ${JSON.stringify(answer)}`);
    return answer.plan;
  };
  const carriedOut = async (made: Plan): Promise<Plan> => {
    approvePlan(gate, made.id, yesTo(made), () => undefined);
    return (await pursue(made.id, gate)).plan;
  };
  const refused = async (
    action: string,
    params: JsonObject,
  ): Promise<{ readonly code: string; readonly message: string }> => {
    const answer = await proposed([{ action, params }]);
    if (answer.status !== 'invalid') throw new Error(`it was not refused: ${answer.status}`);
    return answer.failure;
  };
  return {
    api: server.api,
    gate,
    made: async (action, params) => plan(await proposed([{ action, params }])),
    refusal: async (action, params) => (await refused(action, params)).code,
    refusalWords: async (action, params) => (await refused(action, params)).message,
    approved: (made) => void approvePlan(gate, made.id, yesTo(made), () => undefined),
    pursued: (made, resume = false) => pursue(made.id, gate, { resume }),
    done: async (action, params) => carriedOut(plan(await proposed([{ action, params }]))),
    undone: async (done) => carriedOut(plan(await proposed((await undoDraft(done, gate)).steps, done.id))),
    async [Symbol.asyncDispose]() {
      gate.database.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** How a plan that was carried out stands, with what its first step came to. */
export function endOf(plan: Plan): string {
  const [first] = 'progress' in plan ? plan.progress : [];
  const failure = first !== undefined && 'failure' in first ? ` ${first.failure.code}` : '';
  const because = first !== undefined && 'because' in first ? ` ${first.because}` : '';
  return `${plan.status}${because}${failure}`;
}
