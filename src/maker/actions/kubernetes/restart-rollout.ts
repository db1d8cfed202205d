import * as z from 'zod';
import type { Action } from '../../../domain/action.ts';
import { seen, unknown } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import { RESTARTED_AT, type Change, type KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { isOurs } from './field-owner.ts';
import { textAt, type Fields, wordOf } from './object-fields.ts';
import { namespacedParams } from './object-params.ts';
import { relyingOn } from './relying.ts';
import { observeRolling, rollingHindrance, rollingRisk, verifyRolling } from './rolling.ts';
import { identifySubject, lookAt, uidOf } from './subject.ts';
import { ROLLING_KINDS } from './template.ts';
import { reconciledBy, writeStep } from './write-step.ts';

const params = z.strictObject({
  ...namespacedParams,
  kind: z.enum(ROLLING_KINDS).default('Deployment').describe('Of which kind the workload is.'),
});
type Params = z.output<typeof params>;

export const action: Action<KubernetesReader, Params> = {
  id: 'kubernetes/restart-rollout',
  version: 1,
  title: 'Restart the pods of a workload, a few at a time',
  description: `Sets the annotation \`${RESTARTED_AT}\` of the pod template, as \`kubectl rollout restart\` does: the workload's own controller then replaces every pod by its own strategy. Nothing else is changed.

Refuses a workload that is paused, or whose pods are replaced only when somebody deletes them (\`OnDelete\`), as nothing would come of it. Sealed are the uid and a digest of the pod template, which the annotation is a part of: after any other change, or another restart, the plan is stale, so that one reason never restarts twice.

Verified: the annotation is there, the controller took notice and new pods come. It can't be undone. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  params,
  settleMs: 15_000,

  identify: identifySubject,

  observe: (reader, given, context) =>
    observeRolling(reader, given, context, ({ object }) => seen({ restartedAt: restartedAt(object) })),

  async preview(reader, given, observed, context) {
    const refusal = rollingHindrance(observed, given);
    if (refusal !== null) return refusal;
    if (observed.rests['onDelete'] === true)
      return unknown(
        'ON_DELETE',
        `${given.kind} ${given.name} replaces its pods only when somebody deletes them: evict them.`,
      );
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const would = await looked.value.cluster.tryOut(changeOf(given, context.clock.now()), context.signal);
    if (would.status === 'unknown') return would;
    const pods = observed.shown['Pods'] ?? 0;
    return seen({
      summary: `Restart the ${wordOf(pods)} pods of ${given.name}`,
      noop: false,
      by: 'server',
      after: { pods },
      shown: { Pods: `${wordOf(pods)}, each started anew` },
      diff: [
        `~spec.template.metadata.annotations["${RESTARTED_AT}"]: ${wordOf(observed.rests['restartedAt'] ?? 'none')} -> the instant of applying`,
        ...would.value.warnings.map((warning) => `! ${warning}`),
      ],
    });
  },

  cost: () => noCost('the same pods, started anew'),
  risk: (_params, { observed }) => rollingRisk(observed),
  destructive: () => false,
  dependents: (reader, given, _observed, context) => relyingOn(reader, given, context),

  apply: (step, context) => {
    const change = changeOf(step.params, context.clock.now());
    return writeStep(step, change, context, {
      receipt: (object) => ({ uid: uidOf(object), restartedAt: restartedAt(object) }),
    });
  },

  verify: (reader, step, context) =>
    verifyRolling(reader, step.params, step, context, (object) => {
      const now = restartedAt(object);
      return now !== null && now !== step.sealed.before.rests['restartedAt'];
    }),

  undo: () => ({
    possible: false,
    words: 'pods that were replaced do not come back; the new ones are of the same template',
  }),

  async reconcile(reader, { params: given, sealed }, context) {
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const { object } = looked.value;
    const what = `${given.kind} ${given.name}`;
    if (object === null || uidOf(object) !== sealed.before.identity?.['uid']) return reconciledBy('gone', {}, what);
    const now = restartedAt(object);
    const isNew = now !== null && now !== sealed.before.rests['restartedAt'];
    const isOwn = isOurs(object, ['f:spec', 'f:template', 'f:metadata', 'f:annotations', `f:${RESTARTED_AT}`]);
    return reconciledBy(
      isNew ? (isOwn ? 'wanted-by-us' : 'wanted-by-others') : 'before',
      { uid: uidOf(object), restartedAt: now },
      what,
    );
  },
};

function changeOf({ kind, namespace, name }: Params, now: number): Change {
  return { type: 'restart', object: { kind, namespace, name }, at: new Date(now).toISOString() };
}

function restartedAt(object: Fields): string | null {
  return textAt(object, 'spec', 'template', 'metadata', 'annotations', RESTARTED_AT);
}
