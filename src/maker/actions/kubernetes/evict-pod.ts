import * as z from 'zod';
import type { Action, Observed } from '../../../domain/action.ts';
import { seen, unknown } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import type { Change, KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { budgetsOver } from './budget.ts';
import { fieldsAt, textAt, type Fields, wordOf } from './object-fields.ts';
import { namespacedParams } from './object-params.ts';
import { lossWords, podLossOf } from './pod-loss.ts';
import { goneWords } from './gone.ts';
import { relyingOn } from './relying.ts';
import { hindrance, identifySubject, lookAt, observedObject, type Subject } from './subject.ts';
import { writeStep } from './write-step.ts';

const params = z.strictObject(namespacedParams);
type Params = z.output<typeof params>;

export const action: Action<KubernetesReader, Params> = {
  id: 'kubernetes/evict-pod',
  version: 1,
  title: 'Evict one pod, as its disruption budgets allow',
  description: `Asks for the eviction of a pod: it is stopped with its grace period, and its controller makes another one. The API server holds it against the disruption budgets when it is sealed and again when it is applied; what a budget forbids is refused, and nothing is done.

Refuses a pod of the kubelet's own files, one that has ended and one that is being deleted. It destroys where nobody makes another pod in its place, or where it has \`emptyDir\` volumes, whose content goes with it. Sealed are the pod's uid, its controller and its node; its uid goes with the call, so that a pod that took its name is never meant.

Verified: the pod is gone or on its way. It can't be undone. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  params,
  settleMs: 5_000,

  identify: (reader, given, context) => identifySubject(reader, subjectOf(given), context),

  async observe(reader, given, context) {
    const looked = await lookAt(reader, subjectOf(given), context);
    if (looked.status === 'unknown') return looked;
    const { cluster, object } = looked.value;
    if (object === null) return seen(observedObject(null, {}, {}));
    const { controller, emptyDirs, mirror, finished } = podLossOf(object);
    const node = textAt(object, 'spec', 'nodeName');
    return seen(
      observedObject(
        object,
        { controller, emptyDirs, mirror, finished, node },
        {
          Controller: controller ?? 'none',
          Node: node ?? 'none yet',
          Phase: textAt(object, 'status', 'phase'),
          Budget: await budgetsOver(cluster, given.namespace, labelsOf(object), context.signal),
        },
      ),
    );
  },

  async preview(reader, given, observed, context) {
    const refusal = hindrance(observed, subjectOf(given));
    if (refusal !== null) return refusal;
    if (observed.rests['mirror'] === true)
      return unknown('STATIC_POD', `${given.name} is of a file on its node: the API can't move it.`);
    if (observed.rests['finished'] === true)
      return unknown('POD_ENDED', `${given.name} has ended: there is nothing to be moved. Delete it instead.`);
    const looked = await lookAt(reader, subjectOf(given), context);
    if (looked.status === 'unknown') return looked;
    const would = await looked.value.cluster.tryOut(changeOf(given, uidIn(observed)), context.signal);
    if (would.status === 'unknown') return would;
    return seen({
      summary: `Evict the pod ${given.name}`,
      noop: false,
      by: 'server',
      after: { pods: 0 },
      shown: {
        Pod:
          observed.rests['controller'] === null
            ? 'none'
            : `none of that name; ${wordOf(observed.rests['controller'])} makes another one`,
      },
      diff: [`-pod ${given.namespace}/${given.name}`, ...would.value.warnings.map((warning) => `! ${warning}`)],
    });
  },

  cost: () => noCost('its controller makes another one'),

  risk(_params, { observed }) {
    const losses = lossWords(lossIn(observed));
    if (losses.length > 0) return { level: 'high', reasons: losses };
    const budget = wordOf(observed.shown['Budget']);
    return budget === 'none'
      ? { level: 'medium', reasons: ['no disruption budget says how many of its kind must stay'] }
      : { level: 'low', reasons: [`its disruption budgets allow it now: ${budget}`] };
  },

  destructive: (_params, { observed }) => lossWords(lossIn(observed)).length > 0,
  dependents: (reader, given, _observed, context) => relyingOn(reader, subjectOf(given), context),
  apply: (step, context) =>
    writeStep(step, changeOf(step.params, uidIn(step.observed)), context, {
      receipt: () => ({ uid: uidIn(step.observed) }),
    }),

  async verify(reader, { params: given, sealed }, context) {
    const looked = await lookAt(reader, subjectOf(given), context);
    return looked.status === 'unknown' ? looked : seen(goneWords(looked.value.object, sealed.before.identity?.['uid']));
  },

  undo: () => ({
    possible: false,
    words: 'an evicted pod does not come back; its controller, where it has one, makes another',
  }),
};

function subjectOf({ context, namespace, name }: Params): Subject {
  return { context, kind: 'Pod', namespace, name };
}

function changeOf({ namespace, name }: Params, uid: string): Change {
  return { type: 'evict', object: { kind: 'Pod', namespace, name }, uid };
}

function uidIn({ identity }: Observed): string {
  return typeof identity?.['uid'] === 'string' ? identity['uid'] : '';
}

function lossIn({ rests }: Observed): { readonly controller: string | null; readonly emptyDirs: number } {
  const { controller, emptyDirs } = rests;
  return {
    controller: typeof controller === 'string' ? controller : null,
    emptyDirs: typeof emptyDirs === 'number' ? emptyDirs : 0,
  };
}

function labelsOf(pod: Fields): Readonly<Record<string, string>> {
  const labels = Object.entries(fieldsAt(pod, 'metadata', 'labels'));
  return Object.fromEntries(labels.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
