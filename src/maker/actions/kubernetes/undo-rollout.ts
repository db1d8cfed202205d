import * as z from 'zod';
import type { Action, StepInHand, StepOutcome, WriteContext } from '../../../domain/action.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import { noCost, unknownCost } from '../../../domain/money.ts';
import type { Change, KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import type { KubernetesWriter } from '../../../providers/kubernetes/writer.ts';
import { changeLines, changesBetween } from './content.ts';
import { isOurs } from './field-owner.ts';
import { type Fields, wordOf } from './object-fields.ts';
import { namespacedParams } from './object-params.ts';
import { relyingOn } from './relying.ts';
import { readFields, revisionsOf, type RawRead, type Revision } from './revisions.ts';
import { observeRolling, rollingHindrance, rollingRisk, verifyRolling } from './rolling.ts';
import { stepDraft } from './step-draft.ts';
import { identifySubject, lookAt, objectPath, uidOf } from './subject.ts';
import { imagesOf, ROLLING_KINDS, templateDigest, templateOf } from './template.ts';
import { openFor, reconciledBy } from './write-step.ts';

const params = z.strictObject({
  ...namespacedParams,
  kind: z.enum(ROLLING_KINDS).default('Deployment').describe('Of which kind the workload is.'),
  revision: z.coerce
    .number()
    .int()
    .min(1)
    .describe('The revision whose pod template comes back, as `kubectl rollout history` counts them.'),
});
type Params = z.output<typeof params>;

/** A diff that is longer is counted. */
const LINES_AT_MOST = 100;

export const action: Action<KubernetesReader, Params> = {
  id: 'kubernetes/undo-rollout',
  version: 1,
  title: 'Go back to an earlier revision of a workload',
  description: `Puts the pod template of a named revision in the place of the one there is, as \`kubectl rollout undo --to-revision\` does; the workload's controller then replaces the pods by its own strategy. Only the template comes back: not the number of replicas, and nothing that the pods wrote.

The revision is found in the history (ReplicaSets of a Deployment, ControllerRevisions of a StatefulSet or DaemonSet) and sealed by a digest of its template, as a template may hold secrets; it is read again and compared when it is applied. Refuses a workload that is paused and a revision that is not kept any more.

Verified: the template is the promised one, the controller took notice and new pods come. A StatefulSet that is stuck on a broken pod may need that pod deleted too. Undone by going to the revision that there was. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  params,
  settleMs: 15_000,

  identify: identifySubject,

  observe: (reader, given, context) =>
    observeRolling(reader, given, context, async ({ cluster, object }) => {
      const history = await revisionsOf((path) => cluster.raw(path, context.signal), object, given);
      if (history.status === 'unknown') return history;
      const now = templateDigest(templateOf(object));
      return seen({
        revision: history.value.find(({ digest }) => digest === now)?.number ?? null,
        to: history.value.find(({ number }) => number === given.revision)?.digest ?? null,
      });
    }),

  async preview(reader, given, observed, context) {
    const refusal = rollingHindrance(observed, given);
    if (refusal !== null) return refusal;
    const { to, template, revision } = observed.rests;
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const { cluster, object } = looked.value;
    if (object === null) return unknown('NOT_FOUND', `${given.name} went away while it was looked at.`);
    const history = await revisionsOf((path) => cluster.raw(path, context.signal), object, given);
    if (history.status === 'unknown') return history;
    const wanted = history.value.find(({ number, digest }) => number === given.revision && digest === to);
    if (wanted === undefined) {
      const kept = history.value.map(({ number }) => number).join(', ');
      return unknown(
        'NO_REVISION',
        `There is no revision ${given.revision} of ${given.name}; kept are: ${kept === '' ? 'none' : kept}.`,
      );
    }
    const would = await cluster.tryOut(changeOf(given, wanted.template), context.signal);
    if (would.status === 'unknown') return would;
    const after = templateDigest(templateOf(would.value.object));
    return seen({
      summary: `Go back from revision ${wordOf(revision ?? 'unknown')} to ${given.revision} of ${given.name}`,
      noop: after === template,
      by: 'server',
      after: { template: after },
      shown: { Revision: given.revision, Images: imagesOf(wanted.template).join(', ') },
      diff: [
        ...changeLines(
          changesBetween(templateOf(object), templateOf(would.value.object), 'spec.template'),
          LINES_AT_MOST,
        ),
        ...would.value.warnings.map((warning) => `! ${warning}`),
      ],
    });
  },

  cost: (_params, { preview }) =>
    preview.noop ? noCost('nothing is changed') : unknownCost('what the pods of that revision ask for may differ'),
  risk: (_params, { observed }) =>
    rollingRisk(observed, ['configuration and data that newer pods wrote stay as they are']),
  destructive: () => false,
  dependents: (reader, given, _observed, context) => relyingOn(reader, given, context),
  apply: applyStep,

  verify: (reader, step, context) =>
    verifyRolling(
      reader,
      step.params,
      step,
      context,
      (object) => templateDigest(templateOf(object)) === step.sealed.after.fields['template'],
    ),

  undo: (given, before) =>
    typeof before.rests['revision'] === 'number'
      ? {
          possible: true,
          words: `go back to revision ${before.rests['revision']} (recorded)`,
          draft: stepDraft('kubernetes/undo-rollout', { ...given, revision: before.rests['revision'] }),
        }
      : { possible: false, words: 'the template that there was is in no revision' },

  async reconcile(reader, { params: given, sealed }, context) {
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const { object } = looked.value;
    const what = `the template of ${given.kind} ${given.name}`;
    if (object === null || uidOf(object) !== sealed.before.identity?.['uid']) return reconciledBy('gone', {}, what);
    const receipt = { uid: uidOf(object) };
    const now = templateDigest(templateOf(object));
    if (now === sealed.before.rests['template']) return reconciledBy('before', receipt, what);
    if (now !== sealed.after.fields['template']) return reconciledBy('neither', receipt, what);
    return reconciledBy(isOurs(object, ['f:spec', 'f:template']) ? 'wanted-by-us' : 'wanted-by-others', receipt, what);
  },
};

/** The template is not in the plan: it is read again, and must be the one whose digest was sealed. */
async function applyStep(step: StepInHand<Params>, context: WriteContext): Promise<StepOutcome> {
  const { params: given, observed, sealed } = step;
  const opened = await openFor(step, context);
  if (opened.status !== 'open') return opened;
  const { writer } = opened;
  const looked = await historyThrough(writer, given, context);
  if (looked.status === 'unknown') return { status: 'refused', because: 'failed', failure: looked.failure };
  const found = looked.value.find(
    ({ number, digest }) => number === given.revision && digest === sealed.before.rests['to'],
  );
  if (found === undefined) {
    const message = `Revision ${given.revision} of ${given.name} is not the one that was sealed.`;
    return { status: 'refused', because: 'moved', failure: { code: 'MOVED', message } };
  }
  const answered = await writer.write(changeOf(given, found.template), observed.version, context.signal);
  return answered.status === 'taken' ? { status: 'done', receipt: { uid: uidOf(answered.object) } } : answered;
}

async function historyThrough(
  writer: KubernetesWriter,
  given: Params,
  { signal }: WriteContext,
): Promise<Looked<readonly Revision[]>> {
  const read: RawRead = (path) => writer.raw(path, signal);
  const object = await readFields(read, objectPath(given));
  return object.status === 'unknown' ? object : revisionsOf(read, object.value, given);
}

function changeOf({ kind, namespace, name }: Params, template: Fields): Change {
  return { type: 'set-template', object: { kind, namespace, name }, template };
}
