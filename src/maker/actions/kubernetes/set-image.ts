import * as z from 'zod';
import type { Action } from '../../../domain/action.ts';
import { seen, unknown } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import { printable } from '../../../domain/printable.ts';
import type { Change, ContainerList, KubernetesReader } from '../../../providers/kubernetes/reader.ts';
import { isOurs } from './field-owner.ts';
import { listAt, textAt, type Fields, wordOf } from './object-fields.ts';
import { namespacedParams } from './object-params.ts';
import { relyingOn } from './relying.ts';
import { observeRolling, rollingHindrance, rollingRisk, verifyRolling } from './rolling.ts';
import { stepDraft } from './step-draft.ts';
import { identifySubject, lookAt, uidOf } from './subject.ts';
import { ROLLING_KINDS } from './template.ts';
import { reconciledBy, writeStep } from './write-step.ts';

const params = z.strictObject({
  ...namespacedParams,
  kind: z.enum(ROLLING_KINDS).default('Deployment').describe('Of which kind the workload is.'),
  container: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'the name of a container')
    .describe('The container, or init container, whose image is set.'),
  image: z
    .string()
    .max(500)
    .regex(/^[A-Za-z0-9][\w./:@-]*$/, 'an image: registry.example.com/web:1.4.3 or …@sha256:…')
    .describe('The image that it is to have; by digest (`…@sha256:…`) it can mean nothing else later.'),
});
type Params = z.output<typeof params>;

export const action: Action<KubernetesReader, Params> = {
  id: 'kubernetes/set-image',
  version: 1,
  title: 'Set the image of one container of a workload',
  description: `Sets the image of one container, or init container, of a Deployment, StatefulSet or DaemonSet; its controller then replaces the pods by its own strategy. Nothing else of the template is changed.

Refuses a container that the workload does not have, and one that is paused. An image by a tag, and one without, is a risk that is told: a tag may come to mean another image. Sealed are the uid, the image that it has and a digest of the whole pod template.

Verified: the image is set, the controller took notice and new pods come. Undone by setting the recorded image. Whether the image can be pulled only the new pods show. Tried against the recorded answers of a real API server (1.36) made writable; not against a live cluster.`,
  params,
  settleMs: 15_000,

  identify: identifySubject,

  observe: (reader, given, context) =>
    observeRolling(reader, given, context, ({ object }) => {
      const found = containerIn(object, given.container);
      return seen({ image: found?.image ?? null, list: found?.list ?? null });
    }),

  async preview(reader, given, observed, context) {
    const refusal = rollingHindrance(observed, given);
    if (refusal !== null) return refusal;
    const { image: now, list } = observed.rests;
    if (typeof now !== 'string' || !isList(list))
      return unknown('NO_CONTAINER', `${given.kind} ${given.name} has no container ${printable(given.container)}.`);
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const would = await looked.value.cluster.tryOut(changeOf(given, list), context.signal);
    if (would.status === 'unknown') return would;
    // A webhook may set another one, by its digest say: what is promised is what the server says.
    const after = containerIn(would.value.object, given.container)?.image ?? given.image;
    const path = `spec.template.spec.${list}[${given.container}].image`;
    return seen({
      summary: `Set the image of ${given.container} in ${given.name} to ${after}`,
      noop: after === now,
      by: 'server',
      after: { image: after },
      shown: { Image: after },
      diff: [`-${path}: ${now}`, `+${path}: ${after}`, ...would.value.warnings.map((warning) => `! ${warning}`)],
    });
  },

  cost: () => noCost('the same pods with another image'),
  risk: ({ image }, { observed }) => rollingRisk(observed, imageReasons(image)),
  destructive: () => false,
  dependents: (reader, given, _observed, context) => relyingOn(reader, given, context),

  apply: (step, context) => {
    const { list } = step.observed.rests;
    return writeStep(step, changeOf(step.params, isList(list) ? list : 'containers'), context);
  },

  verify: (reader, step, context) =>
    verifyRolling(
      reader,
      step.params,
      step,
      context,
      (object) => containerIn(object, step.params.container)?.image === step.sealed.after.fields['image'],
    ),

  undo: (given, before) => ({
    possible: true,
    words: `set it to ${wordOf(before.rests['image'])} (recorded)`,
    draft: stepDraft('kubernetes/set-image', { ...given, image: before.rests['image'] }),
  }),

  async reconcile(reader, { params: given, sealed }, context) {
    const looked = await lookAt(reader, given, context);
    if (looked.status === 'unknown') return looked;
    const { object } = looked.value;
    const what = `the image of ${given.container} in ${given.name}`;
    if (object === null || uidOf(object) !== sealed.before.identity?.['uid']) return reconciledBy('gone', {}, what);
    const now = containerIn(object, given.container);
    const receipt = { uid: uidOf(object) };
    if (now?.image === sealed.before.rests['image']) return reconciledBy('before', receipt, what);
    if (now?.image !== sealed.after.fields['image']) return reconciledBy('neither', receipt, what);
    const path = [
      'f:spec',
      'f:template',
      'f:spec',
      `f:${now?.list ?? 'containers'}`,
      `k:{"name":"${given.container}"}`,
      'f:image',
    ];
    return reconciledBy(isOurs(object, path) ? 'wanted-by-us' : 'wanted-by-others', receipt, what);
  },
};

interface Found {
  readonly list: ContainerList;
  readonly image: string;
}

function containerIn(object: Fields, name: string): Found | null {
  for (const list of ['containers', 'initContainers'] as const) {
    const found = listAt(object, 'spec', 'template', 'spec', list).find((container) => container['name'] === name);
    if (found !== undefined) return { list, image: textAt(found, 'image') ?? '' };
  }
  return null;
}

function isList(value: unknown): value is ContainerList {
  return value === 'containers' || value === 'initContainers';
}

function changeOf({ kind, namespace, name, container, image }: Params, list: ContainerList): Change {
  return { type: 'set-image', object: { kind, namespace, name }, list, container, image };
}

function imageReasons(image: string): readonly string[] {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return [];
  const tag = /:([\w.-]+)$/.exec(image)?.[1];
  return [
    tag === undefined || tag === 'latest'
      ? 'the image is named without a version: it may be another one at every start'
      : `the tag ${tag} may come to mean another image: name it by its digest`,
  ];
}
