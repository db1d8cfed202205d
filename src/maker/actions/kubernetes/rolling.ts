import type { ActionContext, AppliedStep, Observed, Risk, Verification } from '../../../domain/action.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { budgetsOver, podLabels } from './budget.ts';
import { textAt, type Fields } from './object-fields.ts';
import { isRollingOut, rolloutOf, rolloutWords } from './rollout.ts';
import { hindrance, lookAt, observedObject, uidOf, type Look, type Subject } from './subject.ts';
import { imagesOf, isPaused, replacesOnDelete, templateDigest, templateOf } from './template.ts';

/** Whose pods are replaced. */
export interface RollingSubject extends Subject {
  readonly namespace: string;
}

/** What every change of a pod template rests on: the template itself, and how pods are replaced. */
export async function observeRolling(
  reader: KubernetesReader,
  subject: RollingSubject,
  context: ActionContext,
  more: (look: Look & { readonly object: Fields }) => Promise<Looked<JsonObject>> | Looked<JsonObject>,
): Promise<Looked<Observed>> {
  const looked = await lookAt(reader, subject, context);
  if (looked.status === 'unknown') return looked;
  const { cluster, object } = looked.value;
  if (object === null) return seen(observedObject(null, {}, {}));
  const own = await more({ cluster, object });
  if (own.status === 'unknown') return own;
  const { ready, wanted } = rolloutOf(object);
  const template = templateOf(object);
  return seen(
    observedObject(
      object,
      {
        ...own.value,
        template: templateDigest(template),
        paused: isPaused(object),
        onDelete: replacesOnDelete(object),
        recreate: textAt(object, 'spec', 'strategy', 'type') === 'Recreate',
      },
      {
        Pods: wanted,
        Ready: ready,
        Images: imagesOf(template).join(', '),
        Budget: await budgetsOver(cluster, subject.namespace, podLabels(object), context.signal),
      },
    ),
  );
}

/** Why a change of the template would not be followed; null: it would. */
export function rollingHindrance(observed: Observed, subject: RollingSubject): Looked<never> | null {
  const refusal = hindrance(observed, subject);
  if (refusal !== null) return refusal;
  return observed.rests['paused'] === true
    ? unknown('PAUSED', `${subject.kind} ${subject.name} is paused: nothing of it is rolled out before it is resumed.`)
    : null;
}

/** What replacing the pods of a workload risks, and `more`. */
export function rollingRisk({ rests, shown }: Observed, more: readonly string[] = []): Risk {
  const pods = typeof shown['Pods'] === 'number' ? shown['Pods'] : 0;
  const grave = [
    ...(rests['recreate'] === true && pods > 0 ? ['all pods are stopped before new ones start (Recreate)'] : []),
    ...(typeof shown['Ready'] === 'number' && shown['Ready'] < pods
      ? [`${shown['Ready']} of ${pods} pods are ready before it begins`]
      : []),
    ...(rests['onDelete'] === true ? ['pods are replaced only when somebody deletes them (OnDelete)'] : []),
    ...(pods === 1 ? ['its one pod is replaced: it has no stand-in'] : []),
    ...more,
  ];
  if (grave.length > 0) return { level: 'medium', reasons: grave };
  return { level: 'low', reasons: [pods === 0 ? 'it has no pods' : `${pods} pods are replaced one after the other`] };
}

/** Is the template as it was promised, and do the new pods come? */
export async function verifyRolling(
  reader: KubernetesReader,
  subject: RollingSubject,
  { sealed }: Pick<AppliedStep<unknown>, 'sealed'>,
  context: ActionContext,
  isAsSet: (object: Fields) => boolean,
): Promise<Looked<Verification>> {
  const looked = await lookAt(reader, subject, context);
  if (looked.status === 'unknown') return looked;
  const { object } = looked.value;
  if (object === null || uidOf(object) !== sealed.before.identity?.['uid'])
    return seen({ asPromised: false, seen: ['It is gone, or another one of that name.'] });
  const isSet = isAsSet(object);
  const rollout = rolloutOf(object);
  return seen({
    asPromised: isSet && (replacesOnDelete(object) ? rollout.noticed : isRollingOut(rollout)),
    seen: [isSet ? 'The template is as promised.' : 'The template is not as promised.', ...rolloutWords(rollout)],
  });
}
