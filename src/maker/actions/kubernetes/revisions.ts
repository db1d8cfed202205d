import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import { KINDS, NoAnswer, pathOf, statusOf, type Answer } from '../../../providers/kubernetes/reader.ts';
import { at, fieldsAt, isFields, listAt, textAt, type Fields, wordOf } from './object-fields.ts';
import { templateDigest, templateOf } from './template.ts';

/** A pod template that a workload had, as its history keeps it. */
export interface Revision {
  readonly number: number;
  readonly template: Fields;
  readonly digest: string;
}

export type RawRead = (path: string) => Promise<Answer>;

/** The history of a workload, the newest first: its ReplicaSets, or the ControllerRevisions that belong to it. */
export async function revisionsOf(
  read: RawRead,
  workload: Fields,
  { kind, namespace }: { readonly kind: string; readonly namespace: string },
): Promise<Looked<readonly Revision[]>> {
  const replicaSets = pathOf(KINDS.ReplicaSet, namespace);
  const list = kind === 'Deployment' ? replicaSets : replicaSets.replace(/replicasets$/, 'controllerrevisions');
  const listed = await itemsAt(read, `${list}${selectorQuery(workload)}`);
  if (listed.status === 'unknown') return listed;
  const uid = at(workload, 'metadata', 'uid');
  const own = listed.value.filter((item) =>
    listAt(item, 'metadata', 'ownerReferences').some((owner) => owner['uid'] === uid && owner['controller'] === true),
  );
  return seen(own.map((item) => revisionOf(item, kind)).toSorted((a, b) => b.number - a.number));
}

function revisionOf(item: Fields, kind: string): Revision {
  const number =
    kind === 'Deployment'
      ? Number(textAt(item, 'metadata', 'annotations', 'deployment.kubernetes.io/revision') ?? 0)
      : Number(at(item, 'revision') ?? 0);
  const template = normal(kind === 'Deployment' ? templateOf(item) : fieldsAt(item, 'data', 'spec', 'template'));
  return { number, template, digest: templateDigest(template) };
}

/** Without what the history adds: the hash of a ReplicaSet, the directive of a patch, a time that is null. */
function normal({ $patch: _patch, metadata, ...template }: Fields): Fields {
  if (!isFields(metadata)) return template;
  const { creationTimestamp: _created, ...own } = metadata;
  const { 'pod-template-hash': _hash, ...labels } = fieldsAt(own, 'labels');
  return { ...template, metadata: { ...own, ...(own['labels'] === undefined ? {} : { labels }) } };
}

/** The history bears the labels of the pods that it is of. */
function selectorQuery(workload: Fields): string {
  const labels = Object.entries(fieldsAt(workload, 'spec', 'selector', 'matchLabels'));
  if (labels.length === 0) return '';
  const selector = labels.map(([key, value]) => `${key}=${wordOf(value)}`).join(',');
  return `?labelSelector=${encodeURIComponent(selector)}`;
}

async function itemsAt(read: RawRead, path: string): Promise<Looked<readonly Fields[]>> {
  const body = await readFields(read, path);
  return body.status === 'unknown' ? body : seen(listAt(body.value, 'items'));
}

/** What is at a path, over a connection that writes too. */
export async function readFields(read: RawRead, path: string): Promise<Looked<Fields>> {
  try {
    const answer = await read(path);
    if (answer.status !== 200)
      return unknown(
        `HTTP_${answer.status}`,
        `${path} could not be read (${answer.status}): ${statusOf(answer).message}`,
      );
    const body: unknown = JSON.parse(answer.body);
    return isFields(body) ? seen(body) : unknown('ANSWER_INVALID', `What came for ${path} is no object.`);
  } catch (error) {
    if (error instanceof NoAnswer) return unknown(error.code, error.message);
    if (error instanceof SyntaxError) return unknown('ANSWER_INVALID', `What came for ${path} is no JSON.`);
    throw error;
  }
}
