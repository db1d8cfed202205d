import type { Reconciled, StepInHand, StepOutcome, WriteContext } from '../../../domain/action.ts';
import { seen, type Looked } from '../../../domain/failure.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { Change } from '../../../providers/kubernetes/reader.ts';
import { openKubernetesWriter, type KubernetesWriter } from '../../../providers/kubernetes/writer.ts';
import { textAt, type Fields } from './object-fields.ts';

/** Of the step's resource id, which is sealed: the uid of the cluster. */
export function clusterUidOf(resource: string): string {
  return resource.slice(resource.indexOf(':') + 1, resource.indexOf('/'));
}

interface Writing {
  /** Of the object as the server answered with it. */
  readonly receipt?: (object: Fields) => JsonObject;
  /** The version that goes with it, where it is not the one just observed. */
  readonly version?: string | null;
}

/** Sends the step's one change to the cluster that it was sealed for, and to no other. */
export async function writeStep(
  step: OpenableStep,
  change: Change,
  context: WriteContext,
  { receipt = receiptOf, version = step.observed.version }: Writing = {},
): Promise<StepOutcome> {
  const opened = await openFor(step, context);
  if (opened.status !== 'open') return opened;
  const answered = await opened.writer.write(change, version, context.signal);
  return answered.status === 'taken' ? { status: 'done', receipt: receipt(answered.object) } : answered;
}

type OpenableStep = Pick<StepInHand<{ readonly context?: string | undefined }>, 'params' | 'sealed' | 'observed'>;

export type Opened =
  | { readonly status: 'open'; readonly writer: KubernetesWriter }
  | Extract<StepOutcome, { status: 'refused' }>;

/** The writer for a step; where it can't be had nothing was written. */
export async function openFor(
  { params, sealed }: Pick<OpenableStep, 'params' | 'sealed'>,
  { provider, signal }: WriteContext,
): Promise<Opened> {
  const choice = { context: params.context, uid: clusterUidOf(sealed.resource) };
  const opened = await openKubernetesWriter(provider, choice, signal);
  if (opened.status === 'seen') return { status: 'open', writer: opened.value };
  const because = opened.failure.code === 'CLUSTER_SWITCHED' ? 'moved' : 'failed';
  return { status: 'refused', because, failure: opened.failure };
}

function receiptOf(object: Fields): JsonObject {
  return {
    uid: textAt(object, 'metadata', 'uid'),
    resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
  };
}

/** What became of a step, by what was read of the field that it was to change. */
export type FieldNow = 'wanted-by-us' | 'wanted-by-others' | 'before' | 'neither' | 'gone';

/**
 * A step whose process died: done where the field is as wanted and the server names Holdfast as its owner. As wanted
 * by somebody else's hand, it was not our write, as that bears the version it was read at and would have been refused.
 */
export function reconciledBy(now: FieldNow, receipt: JsonObject, what: string): Looked<Reconciled> {
  switch (now) {
    case 'wanted-by-us':
      return seen({ status: 'done', receipt });
    case 'wanted-by-others':
    case 'before':
      return seen({ status: 'not-done' });
    case 'gone':
      return seen({
        status: 'partial',
        receipt,
        failure: { code: 'GONE', message: `${what} is gone, so what came of the write can't be read.` },
      });
    case 'neither':
      return seen({
        status: 'partial',
        receipt,
        failure: { code: 'NEITHER', message: `${what} is neither as before nor as promised.` },
      });
    default:
      return now satisfies never;
  }
}
