import * as z from 'zod';
import type {
  Action,
  ActionContext,
  Observed,
  Preview,
  Reconciled,
  StepInHand,
  StepOutcome,
  WriteContext,
} from '../../../domain/action.ts';
import { digestOf } from '../../../domain/digest.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { noCost } from '../../../domain/money.ts';
import type { Change, Cluster, KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { drainPods, type DrainPod } from './drain-pods.ts';
import { isUnschedulable, nodeSubject } from './node-scheduling.ts';
import { nodeParams } from './object-params.ts';
import { relyingOn } from './relying.ts';
import { stepDraft } from './step-draft.ts';
import { hindrance, identifySubject, lookAt, observedObject, uidOf } from './subject.ts';
import { openFor } from './write-step.ts';
import { wordOf } from './object-fields.ts';

const params = z.strictObject(nodeParams);
type Params = z.output<typeof params>;

/** More is not drained by one plan: nobody reads so many lines. */
const PODS_AT_MOST = 200;

export const action: Action<KubernetesReader, Params> = {
  id: 'kubernetes/drain-node',
  version: 1,
  title: 'Drain a node: keep new pods off, evict the rest',
  description: `Cordons a node and then asks, one after the other, for the eviction of every pod on it, as \`kubectl drain\` does. Pods of DaemonSets, the kubelet's own and those that have ended stay. The API server holds each eviction against the disruption budgets; it stops at the first that is refused, with the node cordoned, and says how far it came: make a new plan once the pods that moved are ready elsewhere.

Refuses a node with more than ${PODS_AT_MOST} pods to move, and one on which a budget forbids an eviction already. It destroys where a pod has nobody who makes another one, or \`emptyDir\` volumes, whose content goes with it. Sealed are the node's uid, whether it takes pods, and exactly which pods (by uid) are moved: after one more or less the plan is stale.

Verified: the node takes no new pods, and those pods are gone or on their way. Undone by \`kubernetes/uncordon-node\`: what was moved stays away. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  params,
  settleMs: 30_000,

  identify: (reader, given, context) => identifySubject(reader, nodeSubject(given), context),

  async observe(reader, given, context) {
    const looked = await lookAt(reader, nodeSubject(given), context);
    if (looked.status === 'unknown') return looked;
    const { cluster, object } = looked.value;
    if (object === null) return seen(observedObject(null, {}, {}));
    const pods = await drainPods((path) => cluster.raw(path, context.signal), given.name);
    if (pods.status === 'unknown') return pods;
    return seen(
      observedObject(object, restsOf(pods.value, isUnschedulable(object)), {
        'Takes new pods': isUnschedulable(object) ? 'no' : 'yes',
        'Pods to be moved': pods.value.length,
      }),
    );
  },

  preview: previewOf,
  cost: () => noCost('the pods are made anew elsewhere'),

  risk(_params, { observed, preview }) {
    const losses = Array.isArray(preview.shown['Lost']) ? preview.shown['Lost'].map((item) => wordOf(item)) : [];
    if (losses.length > 0) return { level: 'high', reasons: losses };
    return {
      level: 'medium',
      reasons: [`${wordOf(observed.rests['count'])} pods are stopped and made anew elsewhere, where there is room`],
    };
  },

  destructive: (_params, { observed }) => observed.rests['losing'] !== 0,
  dependents: (reader, given, _observed, context) => relyingOn(reader, nodeSubject(given), context),
  apply: applyStep,

  async verify(reader, { params: given, sealed }, context) {
    const now = await drainedSoFar(reader, given, sealed.before.identity, context);
    if (now.status === 'unknown') return now;
    const { cordoned, left } = now.value;
    return seen({
      asPromised: cordoned && left.length === 0,
      seen: [
        cordoned ? 'The node takes no new pods.' : 'The node takes new pods.',
        left.length === 0
          ? 'No pod is left to be moved.'
          : `${left.length} pods are left: ${left
              .map(({ name }) => name)
              .slice(0, 10)
              .join(', ')}`,
      ],
    });
  },

  undo: ({ context, name }) => ({
    possible: true,
    words: 'let the node take new pods again; what was moved stays away',
    draft: stepDraft('kubernetes/uncordon-node', { context, name }),
  }),

  reconcile: reconcileStep,
};

function restsOf(pods: readonly DrainPod[], unschedulable: boolean): JsonObject {
  return {
    unschedulable,
    pods: digestOf('drained-pods', pods.map(({ uid }) => uid).toSorted()),
    count: pods.length,
    losing: pods.filter(({ losses }) => losses.length > 0).length,
  };
}

async function previewOf(
  reader: KubernetesReader,
  given: Params,
  observed: Observed,
  context: ActionContext,
): Promise<Looked<Preview>> {
  const refusal = hindrance(observed, nodeSubject(given));
  if (refusal !== null) return refusal;
  const looked = await lookAt(reader, nodeSubject(given), context);
  if (looked.status === 'unknown') return looked;
  const { cluster } = looked.value;
  const pods = await drainPods((path) => cluster.raw(path, context.signal), given.name);
  if (pods.status === 'unknown') return pods;
  if (pods.value.length > PODS_AT_MOST)
    return unknown(
      'TOO_LARGE',
      `${pods.value.length} pods would be moved off ${given.name}, and at most ${PODS_AT_MOST} are by one plan.`,
    );
  const tried = await tryAll(cluster, given, pods.value, context);
  if (tried !== null) return tried;
  const losses = pods.value.flatMap(({ namespace, name, losses: words }) =>
    words.map((word) => `${namespace}/${name}: ${word}`),
  );
  const isCordoned = observed.rests['unschedulable'] === true;
  return seen({
    summary: `Drain the node ${given.name}: move ${pods.value.length} pods`,
    noop: isCordoned && pods.value.length === 0,
    by: 'server',
    after: { unschedulable: true, count: 0 },
    shown: { 'Takes new pods': 'no', 'Pods to be moved': 0, ...(losses.length > 0 ? { Lost: losses } : {}) },
    diff: [
      ...(isCordoned ? [] : ['-spec.unschedulable: false', '+spec.unschedulable: true']),
      ...pods.value.map(
        ({ namespace, name, controller }) => `-pod ${namespace}/${name} (${controller ?? 'of nobody'})`,
      ),
    ],
  });
}

/** null: the server would do each of it by itself; whether one after the other too depends on how fast new pods are ready. */
async function tryAll(
  cluster: Cluster,
  given: Params,
  pods: readonly DrainPod[],
  { signal }: ActionContext,
): Promise<Looked<never> | null> {
  const cordon = await cluster.tryOut(cordoning(given), signal);
  if (cordon.status === 'unknown') return cordon;
  for (const pod of pods) {
    const would = await cluster.tryOut(evicting(pod), signal);
    if (would.status === 'unknown')
      return unknown(would.failure.code, `${pod.namespace}/${pod.name} can't be evicted: ${would.failure.message}`);
  }
  return null;
}

function cordoning({ name }: Params): Change {
  return { type: 'cordon', object: { kind: 'Node', namespace: null, name }, unschedulable: true };
}

function evicting({ namespace, name, uid }: DrainPod): Change {
  return { type: 'evict', object: { kind: 'Pod', namespace, name }, uid };
}

/** Cordons, then evicts in order; the first that is not done ends it. */
async function applyStep(step: StepInHand<Params>, context: WriteContext): Promise<StepOutcome> {
  const { params: given, observed, sealed } = step;
  const opened = await openFor(step, context);
  if (opened.status !== 'open') return opened;
  const { writer } = opened;
  const { signal } = context;
  const pods = await drainPods((path) => writer.raw(path, signal), given.name);
  if (pods.status === 'unknown') return { status: 'refused', because: 'failed', failure: pods.failure };
  if (restsOf(pods.value, false)['pods'] !== sealed.before.rests['pods'])
    return {
      status: 'refused',
      because: 'moved',
      failure: { code: 'MOVED', message: 'Other pods are on the node than were sealed.' },
    };
  if (observed.rests['unschedulable'] !== true) {
    const cordoned = await writer.write(cordoning(given), observed.version, signal);
    if (cordoned.status !== 'taken') return cordoned;
  }
  const total = pods.value.length;
  for (const [evicted, pod] of pods.value.entries()) {
    const answered = await writer.write(evicting(pod), null, signal);
    // A pod that went by itself meanwhile is away, which is all that is wanted.
    const isAway =
      answered.status === 'taken' || (answered.status === 'refused' && answered.failure.code === 'NOT_FOUND');
    if (isAway) continue;
    if (answered.status === 'unknown') return answered;
    const message = `${pod.namespace}/${pod.name} could not be evicted, after ${evicted} of ${total} pods; the node takes no new pods. ${answered.failure.message}`;
    return {
      status: 'partial',
      receipt: { cordoned: true, evicted, total },
      failure: { code: answered.failure.code, message },
    };
  }
  return { status: 'done', receipt: { cordoned: true, evicted: total, total } };
}

interface SoFar {
  readonly there: boolean;
  readonly cordoned: boolean;
  /** Pods that are still to be moved. */
  readonly left: readonly DrainPod[];
}

async function drainedSoFar(
  reader: KubernetesReader,
  given: Params,
  identity: JsonObject | null,
  context: ActionContext,
): Promise<Looked<SoFar>> {
  const looked = await lookAt(reader, nodeSubject(given), context);
  if (looked.status === 'unknown') return looked;
  const { cluster, object } = looked.value;
  if (object === null || uidOf(object) !== identity?.['uid']) return seen({ there: false, cordoned: false, left: [] });
  const pods = await drainPods((path) => cluster.raw(path, context.signal), given.name);
  if (pods.status === 'unknown') return pods;
  return seen({ there: true, cordoned: isUnschedulable(object), left: pods.value });
}

async function reconcileStep(
  reader: KubernetesReader,
  { params: given, sealed, observed }: StepInHand<Params>,
  context: ActionContext,
): Promise<Looked<Reconciled>> {
  const now = await drainedSoFar(reader, given, sealed.before.identity, context);
  if (now.status === 'unknown') return now;
  const { there, cordoned, left } = now.value;
  const { rests } = sealed.before;
  const total = typeof rests['count'] === 'number' ? rests['count'] : 0;
  const isUntouched = there && cordoned === rests['unschedulable'] && observed.rests['pods'] === rests['pods'];
  if (isUntouched && !(cordoned && total === 0)) return seen({ status: 'not-done' });
  const receipt = { cordoned, evicted: Math.max(0, total - left.length), total };
  if (there && cordoned && left.length === 0) return seen({ status: 'done', receipt });
  const message = there
    ? `The node ${cordoned ? 'takes no new pods' : 'takes new pods'}, and ${left.length} pods are left to be moved.`
    : 'The node is gone.';
  return seen({ status: 'partial', receipt, failure: { code: 'NEITHER', message } });
}
