import { asKind } from './as-kind.ts';
import { isRecord } from './call.ts';
import { cut } from './cut.ts';
import { KINDS, type KindName } from './kinds.ts';
import type { KubeObject } from './objects.ts';
import { createSharer } from './share.ts';
import { trimPod } from './trim-pod.ts';
import { createWithholder } from './withhold.ts';

export { WITHHELD, WITHHELD_PATH } from './withhold.ts';

/** Makes the objects of one list small: see `createTrimmer`. */
export interface Trimmer {
  /** null: what the server sent has no name, so it is no object. `item` is used up. */
  trim(kind: KindName, apiVersion: string, item: unknown): KubeObject | null;
}

/**
 * A trimmer keeps what rules read, and shares what an object has in common with the one before it of its kind: a list is
 * sorted by namespace and name, so the pods of one template stand together and hold one spec. Not kept: managedFields,
 * what was last applied, status of no use, and every value that could be a secret (see withhold.ts), of which only
 * whether it looked like one is kept, with its place.
 */
export function createTrimmer(): Trimmer {
  const withholder = createWithholder();
  const sharer = createSharer();
  const before = new Map<KindName, KubeObject>();
  return {
    trim(kind, apiVersion, item) {
      if (!isRecord(item) || !isRecord(item['metadata']) || typeof item['metadata']['name'] !== 'string') return null;
      const metadata = trimMeta(item['metadata']);
      // Whatever a server sends of these, only names are kept: a proxy may not know what was asked for.
      const rest = KINDS[kind].metadataOnly === true ? {} : item;
      const trimmed: Record<string, unknown> = { ...rest, apiVersion, kind, metadata };
      const secretLike = withholder.withhold(kind, trimmed);
      if (secretLike.length > 0) trimmed['secretLike'] = secretLike;
      if (kind === 'Pod') trimPod(trimmed);
      if (kind === 'Node') trimNode(trimmed);
      if (kind === 'EndpointSlice') trimEndpoints(trimmed);
      const [object = null] = asKind(kind, [sharer.share(before.get(kind), trimmed)]);
      if (object !== null) before.set(kind, object);
      return object;
    },
  };
}

const META_KEPT = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'finalizers',
] as const;

function trimMeta(meta: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key of META_KEPT) if (meta[key] !== undefined && meta[key] !== null) kept[key] = meta[key];
  if (isRecord(meta['labels'])) kept['labels'] = meta['labels'];
  if (Array.isArray(meta['ownerReferences'])) kept['ownerReferences'] = meta['ownerReferences'];
  if (isRecord(meta['annotations'])) kept['annotations'] = trimAnnotations(meta['annotations']);
  return kept;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function trimAnnotations(annotations: Record<string, unknown>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(annotations)) {
    if (key !== LAST_APPLIED && typeof value === 'string') kept[key] = cut(value);
  }
  return kept;
}

/** In place: a kubelet lists every image that it holds, which is most of a node. */
function trimNode(node: Record<string, unknown>): void {
  if (!isRecord(node['status'])) return;
  const { images: _images, volumesInUse: _inUse, volumesAttached: _attached, ...status } = node['status'];
  node['status'] = status;
}

/** In place: a pod behind a Service is known by its name. */
function trimEndpoints(slice: Record<string, unknown>): void {
  const endpoints = slice['endpoints'];
  if (!Array.isArray(endpoints)) return;
  slice['endpoints'] = endpoints.map((endpoint: unknown) => {
    if (!isRecord(endpoint)) return endpoint;
    const { addresses, conditions, nodeName, targetRef } = endpoint;
    const { kind, namespace, name } = isRecord(targetRef) ? targetRef : {};
    return {
      addresses,
      conditions,
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(targetRef === undefined ? {} : { targetRef: { kind, namespace, name } }),
    };
  });
}
