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
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import { noCost, unknownCost } from '../../../domain/money.ts';
import {
  FIELD_MANAGER,
  type Change,
  type Cluster,
  type KubernetesReader,
  type TriedOut,
} from '../../../providers/kubernetes/reader.ts';
import { pathParam } from '../path-param.ts';
import { changeLines, changesBetween, contentDigest, contentOf, type ContentChange } from './content.ts';
import { manifestSubject, APPLICABLE_KINDS, type ManifestSubject } from './manifest-subject.ts';
import { applyRisk, reachOf } from './manifest-risk.ts';
import { at, fieldsAt, listAt, textAt, type Fields, wordOf } from './object-fields.ts';
import { contextParam, namespacedParams, yesParam } from './object-params.ts';
import { relyingOn } from './relying.ts';
import { stepDraft } from './step-draft.ts';
import { hindrance, identifySubject, isDeleting, lookAt, uidOf } from './subject.ts';
import { reconciledBy, writeStep } from './write-step.ts';

const params = z.strictObject({
  ...contextParam,
  namespace: namespacedParams.namespace,
  file: pathParam().describe('A file in YAML or JSON with one object, by its absolute path.'),
  force: yesParam().describe('Take fields over that others own; the plan shows whose.'),
});
type Params = z.output<typeof params>;

const LINES_AT_MOST = 200;

export const action: Action<KubernetesReader, Params> = {
  id: 'kubernetes/apply-manifest',
  version: 1,
  title: 'Apply the manifest of one object, server-side',
  description: `Applies a file with one object by server-side apply, as the field manager \`${FIELD_MANAGER}\`: what the file says becomes so, what it left out since it was last applied so goes, and everything else stays its owner's. Unknown fields are refused.

Kinds: ${APPLICABLE_KINDS.join(', ')}. No namespaces, rights, Secrets, definitions, webhooks or bare pods; no metadata but name, namespace, labels and annotations. What kubectl and YAML 1.2 read differently (\`yes\`, \`0644\`) is refused, as are anchors, tags and further documents.

Fields that others own and that would get another value are a conflict, and refused; with \`force\` they are taken over, and the plan shows whose each is. Sealed are the digest of the file, the object's uid or its absence, and a digest of what is there; of values under \`data\`, \`env\`, \`command\` and \`args\` only that they change is shown.

It destroys where something that is there is overwritten or taken away which no revision keeps: outside the pod template of a workload. Undone by deleting what it made; what it changed is not put back. Verified: applying the same again would change nothing. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  params,
  settleMs: 2_000,

  async identify(reader, given, context) {
    const subject = await manifestSubject(given);
    return subject.status === 'unknown' ? subject : identifySubject(reader, subject.value, context);
  },

  async observe(reader, given, context) {
    const subject = await manifestSubject(given);
    if (subject.status === 'unknown') return subject;
    const looked = await lookAt(reader, subject.value, context);
    return looked.status === 'unknown' ? looked : seen(observedOf(subject.value, looked.value.object));
  },

  preview: previewOf,

  cost: (_params, { observed, preview }) =>
    preview.noop || !KINDS_WITH_PODS.has(wordOf(observed.rests['kind']))
      ? noCost('it has no pods of its own')
      : unknownCost('no price of its pods is known'),

  risk: (_params, { observed, preview }) =>
    applyRisk({
      isNew: observed.identity === null,
      reach: reachIn(preview),
      taken: typeof preview.after['taken'] === 'number' ? preview.after['taken'] : 0,
      rolls: preview.after['template'] === true,
    }),

  destructive: (_params, { preview }) => typeof preview.after['lost'] === 'number' && preview.after['lost'] > 0,

  async dependents(reader, given, _observed, context) {
    const subject = await manifestSubject(given);
    return subject.status === 'unknown' ? subject : relyingOn(reader, subject.value, context);
  },

  apply: applyStep,

  async verify(reader, { params: given, sealed }, context) {
    const again = await applyAgain(reader, given, sealed.before.rests['manifest'], context);
    if (again.status === 'unknown') return again;
    const { object, changes } = again.value;
    if (object === null) return seen({ asPromised: false, seen: ['It is not there.'] });
    const { length } = changes;
    return seen({
      asPromised: length === 0,
      seen: [
        length === 0
          ? 'It is as the file says.'
          : `${length} fields are not as the file says: ${changes[0]?.path ?? ''}`,
      ],
    });
  },

  undo: (given, before) =>
    before.identity === null
      ? {
          possible: true,
          words: 'delete what was made',
          draft: stepDraft('kubernetes/delete-resource', {
            context: given.context,
            namespace: given.namespace,
            kind: before.rests['kind'],
            name: before.rests['name'],
          }),
        }
      : { possible: false, words: 'apply the earlier manifest, or see kubernetes/undo-rollout for a pod template' },

  reconcile: reconcileStep,
};

const KINDS_WITH_PODS = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'Job',
  'StatefulSet',
]);

function observedOf({ kind, name, manifest }: ManifestSubject, object: Fields | null): Observed {
  const rests = {
    kind,
    name,
    manifest: manifest.digest,
    content: object === null ? null : contentDigest(settledContent(object, manifest.object)),
  };
  const shown = { File: manifest.digest, There: object === null ? 'no' : 'yes' };
  if (object === null) return { identity: null, rests: { ...rests, deleting: false }, shown, version: null };
  return {
    identity: { uid: uidOf(object) },
    rests: { ...rests, deleting: isDeleting(object) },
    shown: { ...shown, Owners: ownersOf(object).join(', ') },
    version: textAt(object, 'metadata', 'resourceVersion'),
  };
}

/** What others do not change by themselves: an autoscaler sets replicas, controllers write annotations. */
function settledContent(object: Fields, manifest: Fields): Fields {
  const { annotations, spec, ...content } = contentOf(object);
  const named = Object.keys(fieldsAt(manifest, 'metadata', 'annotations'));
  const kept = Object.fromEntries(Object.entries(fieldsAt(annotations)).filter(([key]) => named.includes(key)));
  const { replicas, ...others } = fieldsAt(spec);
  const isSet = at(manifest, 'spec', 'replicas') !== undefined;
  return { ...content, annotations: kept, spec: isSet ? { ...others, replicas } : others };
}

function ownersOf(object: Fields): readonly string[] {
  return [
    ...new Set(listAt(object, 'metadata', 'managedFields').map((entry) => textAt(entry, 'manager') ?? '')),
  ].toSorted();
}

async function previewOf(
  reader: KubernetesReader,
  given: Params,
  observed: Observed,
  context: ActionContext,
): Promise<Looked<Preview>> {
  const subject = await manifestSubject(given);
  if (subject.status === 'unknown') return subject;
  if (subject.value.manifest.digest !== observed.rests['manifest'])
    return unknown('MANIFEST_MOVED', 'The file was changed while it was looked at. Try again.');
  if (observed.identity !== null) {
    const refusal = hindrance(observed, subject.value);
    if (refusal !== null) return refusal;
  }
  const looked = await lookAt(reader, subject.value, context);
  if (looked.status === 'unknown') return looked;
  const { cluster, object } = looked.value;
  const tried = await tryManifest(cluster, subject.value, given.force, context);
  if (tried.status === 'unknown') return tried;
  const { would, taken } = tried.value;
  const changes = changesBetween(contentOf(object ?? {}), contentOf(would.object));
  const isNew = object === null;
  return seen({
    summary: `${isNew ? 'Create' : 'Change'} ${subject.value.kind} ${subject.value.name} in ${given.namespace} by its manifest`,
    noop: !isNew && changes.length === 0,
    by: 'server',
    after: {
      changes: changes.length,
      lost: isNew ? 0 : changes.filter(isLost(subject.value.kind)).length,
      taken: taken.length,
      template: !isNew && changes.some(({ path }) => path.startsWith('spec.template')),
    },
    shown: {
      Fields: isNew ? 'all new' : `${changes.length} change`,
      ...(taken.length > 0 ? { 'Taken from others': taken.join('; ') } : {}),
      ...(reachOf(would.object).length > 0 ? { [REACH]: [...reachOf(would.object)] } : {}),
    },
    diff: [
      ...changeLines(changes, LINES_AT_MOST),
      ...taken.map((owner) => `! taken over: ${owner}`),
      ...would.warnings.map((warning) => `! ${warning}`),
    ],
  });
}

const REACH = 'Reaches beyond its pods';

function reachIn({ shown }: Preview): readonly string[] {
  const reach = shown[REACH];
  return Array.isArray(reach) ? reach.filter((sentence) => typeof sentence === 'string') : [];
}

/** Of what was there and is overwritten or gone: all but a pod template, of which the workload keeps revisions. */
function isLost(kind: string): (change: ContentChange) => boolean {
  const keepsRevisions = kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet';
  return ({ path, before }) => before !== undefined && !(keepsRevisions && path.startsWith('spec.template'));
}

interface Tried {
  readonly would: TriedOut;
  /** Fields with their owners, which are taken over. */
  readonly taken: readonly string[];
}

/** Without force first, so that whose fields would be taken is known. */
async function tryManifest(
  cluster: Cluster,
  subject: ManifestSubject,
  force: boolean,
  { signal }: ActionContext,
): Promise<Looked<Tried>> {
  const gentle = await cluster.tryOut(changeOf(subject, false), signal);
  if (gentle.status === 'seen') return seen({ would: gentle.value, taken: [] });
  if (gentle.failure.code !== 'FIELD_CONFLICT') return gentle;
  if (!force)
    return unknown(
      'FIELD_CONFLICT',
      `${gentle.failure.message} Leave them out of the file, or say force to take them over.`,
    );
  const forced = await cluster.tryOut(changeOf(subject, true), signal);
  if (forced.status === 'unknown') return forced;
  return seen({ would: forced.value, taken: [gentle.failure.message] });
}

function changeOf({ kind, namespace, name, manifest }: ManifestSubject, force: boolean): Change {
  return { type: 'apply', object: { kind, namespace, name }, manifest: manifest.object, force };
}

async function applyStep(step: StepInHand<Params>, context: WriteContext): Promise<StepOutcome> {
  const { params: given, sealed, observed } = step;
  const subject = await manifestSubject(given);
  if (subject.status === 'unknown') return { status: 'refused', because: 'failed', failure: subject.failure };
  if (subject.value.manifest.digest !== sealed.before.rests['manifest'])
    return {
      status: 'refused',
      because: 'moved',
      failure: { code: 'MANIFEST_MOVED', message: 'The file was changed since it was sealed.' },
    };
  // What is not there has no version; a thing made meanwhile by somebody else is a conflict, as nothing is forced then.
  const force = given.force && observed.identity !== null;
  return writeStep(step, changeOf(subject.value, force), context);
}

interface Again {
  readonly object: Fields | null;
  readonly changes: readonly ContentChange[];
}

/** What applying the same file again would change. */
async function applyAgain(
  reader: KubernetesReader,
  given: Params,
  digest: unknown,
  context: ActionContext,
): Promise<Looked<Again>> {
  const subject = await manifestSubject(given);
  if (subject.status === 'unknown') return subject;
  if (subject.value.manifest.digest !== digest)
    return unknown(
      'MANIFEST_MOVED',
      'The file is not the one that was applied any more, so it can not be compared with.',
    );
  const looked = await lookAt(reader, subject.value, context);
  if (looked.status === 'unknown') return looked;
  const { cluster, object } = looked.value;
  if (object === null) return seen({ object, changes: [] });
  const tried = await tryManifest(cluster, subject.value, true, context);
  if (tried.status === 'unknown') return tried;
  return seen({ object, changes: changesBetween(contentOf(object), contentOf(tried.value.would.object)) });
}

async function reconcileStep(
  reader: KubernetesReader,
  { params: given, sealed, observed }: StepInHand<Params>,
  context: ActionContext,
): Promise<Looked<Reconciled>> {
  const { identity, rests } = sealed.before;
  const what = `${wordOf(rests['kind'])} ${wordOf(rests['name'])}`;
  if (observed.identity === null) return reconciledBy(identity === null ? 'before' : 'gone', {}, what);
  if (identity !== null && observed.identity['uid'] !== identity['uid']) return reconciledBy('gone', {}, what);
  const again = await applyAgain(reader, given, rests['manifest'], context);
  if (again.status === 'unknown') return again;
  const { object, changes } = again.value;
  const receipt = { uid: uidOf(object) };
  if (changes.length > 0)
    return reconciledBy(observed.rests['content'] === rests['content'] ? 'before' : 'neither', receipt, what);
  const isOurs = listAt(object, 'metadata', 'managedFields').some(
    (entry) => textAt(entry, 'manager') === FIELD_MANAGER && textAt(entry, 'operation') === 'Apply',
  );
  return reconciledBy(isOurs ? 'wanted-by-us' : 'wanted-by-others', receipt, what);
}
