import * as z from 'zod';
import type { Action, ActionId, Observed, Risk } from '../../../domain/action.ts';
import { seen } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import type { Change, Cluster, KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { isOurs } from './field-owner.ts';
import { at, type Fields } from './object-fields.ts';
import { nodeParams } from './object-params.ts';
import { relyingOn } from './relying.ts';
import { stepDraft } from './step-draft.ts';
import { hindrance, identifySubject, lookAt, observedObject, uidOf, type Subject } from './subject.ts';
import { reconciledBy, writeStep } from './write-step.ts';

const params = z.strictObject(nodeParams);
export type NodeParams = z.output<typeof params>;

interface Words {
  readonly id: ActionId;
  readonly undo: ActionId;
  readonly title: string;
  readonly description: string;
  /** What `spec.unschedulable` is to be. */
  readonly unschedulable: boolean;
  risk(observed: Observed): Risk;
  summary(name: string): string;
}

export function nodeSubject({ context, name }: NodeParams): Subject {
  return { context, kind: 'Node', namespace: null, name };
}

/** Cordon and uncordon: the same field, one way or the other. */
export function nodeSchedulingAction(words: Words): Action<KubernetesReader, NodeParams> {
  const { unschedulable: wanted } = words;
  const changeOf = ({ name }: NodeParams): Change => ({
    type: 'cordon',
    object: { kind: 'Node', namespace: null, name },
    unschedulable: wanted,
  });
  return {
    id: words.id,
    version: 1,
    title: words.title,
    description: words.description,
    params,
    settleMs: 0,
    identify: (reader, given, context) => identifySubject(reader, nodeSubject(given), context),

    async observe(reader, given, context) {
      const looked = await lookAt(reader, nodeSubject(given), context);
      if (looked.status === 'unknown') return looked;
      const { cluster, object } = looked.value;
      if (object === null) return seen(observedObject(null, {}, {}));
      const unschedulable = isUnschedulable(object);
      const others = await othersTaking(cluster, given.name, context.signal);
      return seen(
        observedObject(
          object,
          { unschedulable },
          { 'Takes new pods': unschedulable ? 'no' : 'yes', 'Other nodes that do': others },
        ),
      );
    },

    async preview(reader, given, observed, context) {
      const refusal = hindrance(observed, nodeSubject(given));
      if (refusal !== null) return refusal;
      const looked = await lookAt(reader, nodeSubject(given), context);
      if (looked.status === 'unknown') return looked;
      const would = await looked.value.cluster.tryOut(changeOf(given), context.signal);
      if (would.status === 'unknown') return would;
      const after = isUnschedulable(would.value.object);
      const now = observed.rests['unschedulable'] === true;
      return seen({
        summary: words.summary(given.name),
        noop: now === after,
        by: 'server',
        after: { unschedulable: after },
        shown: { 'Takes new pods': after ? 'no' : 'yes' },
        diff: [`-spec.unschedulable: ${now}`, `+spec.unschedulable: ${after}`],
      });
    },

    cost: () => noCost('the node stays'),
    risk: (_params, { observed }) => words.risk(observed),
    destructive: () => false,
    dependents: (reader, given, _observed, context) => relyingOn(reader, nodeSubject(given), context),
    apply: (step, context) => writeStep(step, changeOf(step.params), context),

    async verify(reader, { params: given, sealed }, context) {
      const looked = await lookAt(reader, nodeSubject(given), context);
      if (looked.status === 'unknown') return looked;
      const { object } = looked.value;
      if (object === null || uidOf(object) !== sealed.before.identity?.['uid'])
        return seen({ asPromised: false, seen: ['The node is gone, or another one of that name.'] });
      const now = isUnschedulable(object);
      return seen({ asPromised: now === wanted, seen: [now ? 'It takes no new pods.' : 'It takes new pods.'] });
    },

    undo: ({ context, name }) => ({
      possible: true,
      words: wanted ? 'let it take new pods again' : 'keep new pods off it again',
      draft: stepDraft(words.undo, { context, name }),
    }),

    async reconcile(reader, { params: given, sealed }, context) {
      const looked = await lookAt(reader, nodeSubject(given), context);
      if (looked.status === 'unknown') return looked;
      const { object } = looked.value;
      const what = `the node ${given.name}`;
      if (object === null || uidOf(object) !== sealed.before.identity?.['uid']) return reconciledBy('gone', {}, what);
      const receipt = { uid: uidOf(object) };
      if (isUnschedulable(object) !== wanted) return reconciledBy('before', receipt, what);
      // What was taken away has no owner any more: then it was us as well as anybody.
      const isOwn = !wanted || isOurs(object, ['f:spec', 'f:unschedulable']);
      return reconciledBy(isOwn ? 'wanted-by-us' : 'wanted-by-others', receipt, what);
    },
  };
}

export function isUnschedulable(node: Fields): boolean {
  return at(node, 'spec', 'unschedulable') === true;
}

async function othersTaking(cluster: Cluster, name: string, signal: AbortSignal): Promise<number | string> {
  const { objects, hidden } = await cluster.list('Node', signal);
  if (hidden.length > 0) return 'not known';
  return objects.filter(({ metadata, spec }) => metadata.name !== name && spec?.unschedulable !== true).length;
}
