import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import { NoAnswer, statusOf, type Answer } from '../../../providers/kubernetes/reader.ts';
import { listAt, textAt } from './object-fields.ts';
import { lossWords, podLossOf } from './pod-loss.ts';
import { isDeleting } from './subject.ts';

/** A pod that leaves the node when it is drained. */
export interface DrainPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: string | null;
  /** What does not come back, in words. */
  readonly losses: readonly string[];
}

/** The pods of a node that an eviction moves, in order of namespace and name; read as the store has them. */
export async function drainPods(
  read: (path: string) => Promise<Answer>,
  node: string,
): Promise<Looked<readonly DrainPod[]>> {
  const path = `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`;
  try {
    const answer = await read(path);
    if (answer.status !== 200)
      return unknown(
        `HTTP_${answer.status}`,
        `The pods of ${node} could not be listed (${answer.status}): ${statusOf(answer).message}`,
      );
    const body: unknown = JSON.parse(answer.body);
    const pods = listAt(body, 'items').filter((pod) => textAt(pod, 'spec', 'nodeName') === node && !isDeleting(pod));
    return seen(
      pods
        .map((pod) => ({ pod, loss: podLossOf(pod) }))
        .filter(({ loss }) => !loss.mirror && !loss.finished && !(loss.controller ?? '').startsWith('DaemonSet '))
        .map(({ pod, loss }) => ({
          namespace: textAt(pod, 'metadata', 'namespace') ?? '',
          name: textAt(pod, 'metadata', 'name') ?? '',
          uid: textAt(pod, 'metadata', 'uid') ?? '',
          controller: loss.controller,
          losses: lossWords(loss),
        }))
        .toSorted((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1)),
    );
  } catch (error) {
    if (error instanceof NoAnswer) return unknown(error.code, error.message);
    if (error instanceof SyntaxError) return unknown('ANSWER_INVALID', `What came for ${path} is no JSON.`);
    throw error;
  }
}
