import { findSecrets } from '../../domain/redaction/find-secrets.ts';
import { isRecord } from './call.ts';
import type { KindName } from './kinds.ts';
import type { KubeObject, SecretLike } from './objects.ts';

/** Stands for a value that is not kept: of an environment variable, of a key of a ConfigMap. */
export const WITHHELD = '(withheld)';

/** Longer values of annotations, messages and the like are cut: they are evidence at most. */
const LONGEST_TEXT = 1_024;
/** How much of one value is looked at for secrets. */
const LOOKED_AT = 65_536;

/** Makes the objects of one list small: see `trimmed`. */
export interface Trimmer {
  /** null: what the server sent has no name, so it is no object. */
  trim(kind: KindName, apiVersion: string, item: unknown): KubeObject | null;
}

/**
 * A trimmer keeps what rules read, and shares what objects have in common: the pods of one template hold one spec.
 * Not kept: managedFields, what was last applied, status of no use, and every value that could be a secret (values
 * of environment variables, of ConfigMaps), of which only whether it looked like one is kept, with its place.
 */
export function createTrimmer(): Trimmer {
  const shared = new Map<string, unknown>();
  const looks = new Map<string, string | null>();
  const share = (value: unknown): unknown => {
    if (value === undefined) return undefined;
    const text = JSON.stringify(value);
    const known = shared.get(text);
    if (known !== undefined) return known;
    shared.set(text, value);
    return value;
  };
  const looksLike = (value: string): string | null => {
    const known = looks.get(value);
    if (known !== undefined) return known;
    const [span] = findSecrets(value.slice(0, LOOKED_AT));
    const what = span?.layer ?? null;
    if (value.length <= LONGEST_TEXT) looks.set(value, what);
    return what;
  };
  return {
    trim(kind, apiVersion, item) {
      if (!isRecord(item) || !isRecord(item['metadata']) || typeof item['metadata']['name'] !== 'string') return null;
      const secretLike: SecretLike[] = [];
      const withhold = (path: string, value: unknown): unknown => {
        if (typeof value !== 'string' || value === '') return value;
        const what = looksLike(value);
        if (what !== null) secretLike.push({ path, what });
        return WITHHELD;
      };
      const trimmed: Record<string, unknown> = {
        ...item,
        apiVersion,
        kind,
        metadata: trimMeta(item['metadata'], share),
      };
      if (kind === 'ConfigMap') trimConfigMap(trimmed, withhold);
      for (const [path, spec] of podSpecsOf(kind, item)) withholdEnv(path, spec, withhold);
      if (kind === 'Pod') trimPod(trimmed, share);
      return asObject(secretLike.length === 0 ? trimmed : { ...trimmed, secretLike });
    },
  };
}

/** The shape is the server's word; rules read it as what may be absent. */
function asObject(object: Record<string, unknown>): KubeObject {
  return object as unknown as KubeObject;
}

type Share = (value: unknown) => unknown;
type Withhold = (path: string, value: unknown) => unknown;

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

function trimMeta(meta: Record<string, unknown>, share: Share): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key of META_KEPT) if (meta[key] !== undefined && meta[key] !== null) kept[key] = meta[key];
  if (isRecord(meta['labels'])) kept['labels'] = share(meta['labels']);
  if (Array.isArray(meta['ownerReferences'])) kept['ownerReferences'] = share(meta['ownerReferences']);
  if (isRecord(meta['annotations'])) kept['annotations'] = share(trimAnnotations(meta['annotations']));
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

/** `slice` would keep the whole text alive behind its beginning. */
function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${Buffer.from(text.slice(0, LONGEST_TEXT)).toString()}…`;
}

/** Where pods are described: path and spec. */
function podSpecsOf(kind: KindName, item: Record<string, unknown>): readonly (readonly [string, unknown])[] {
  const at = (path: string): unknown =>
    path.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), item);
  const path = POD_SPECS[kind];
  return path === undefined ? [] : [[path, at(path)]];
}

const POD_SPECS: Partial<Record<KindName, string>> = {
  Pod: 'spec',
  Deployment: 'spec.template.spec',
  ReplicaSet: 'spec.template.spec',
  StatefulSet: 'spec.template.spec',
  DaemonSet: 'spec.template.spec',
  ReplicationController: 'spec.template.spec',
  Job: 'spec.template.spec',
  CronJob: 'spec.jobTemplate.spec.template.spec',
  PodTemplate: 'template.spec',
};

/** In place: the object was parsed a moment ago and belongs to nobody else. */
function withholdEnv(path: string, spec: unknown, withhold: Withhold): void {
  if (!isRecord(spec)) return;
  for (const list of ['containers', 'initContainers', 'ephemeralContainers']) {
    const containers = spec[list];
    if (!Array.isArray(containers)) continue;
    for (const [index, container] of containers.entries()) {
      if (!isRecord(container) || !Array.isArray(container['env'])) continue;
      for (const [place, variable] of container['env'].entries()) {
        if (isRecord(variable) && variable['value'] !== undefined)
          variable['value'] = withhold(`${path}.${list}[${index}].env[${place}].value`, variable['value']);
      }
    }
  }
}

function trimConfigMap(object: Record<string, unknown>, withhold: Withhold): void {
  let size = 0;
  for (const part of ['data', 'binaryData']) {
    const values = object[part];
    if (!isRecord(values)) continue;
    object[part] = Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        size += typeof value === 'string' ? value.length : 0;
        return [key, part === 'data' ? withhold(`data[${JSON.stringify(key)}]`, value) : WITHHELD];
      }),
    );
  }
  object['dataSize'] = size;
}

const STATUS_KEPT = ['phase', 'reason', 'startTime', 'qosClass'] as const;
const STATUSES = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'] as const;
const CONTAINER_KEPT = ['name', 'ready', 'started', 'restartCount', 'image', 'imageID'] as const;

function trimPod(pod: Record<string, unknown>, share: Share): void {
  if (isRecord(pod['spec'])) {
    const { nodeName, ...spec } = pod['spec'];
    if (typeof nodeName === 'string') pod['nodeName'] = nodeName;
    pod['spec'] = sharedSpec(spec, share);
  }
  const status = pod['status'];
  if (!isRecord(status)) return;
  const kept: Record<string, unknown> = {};
  for (const key of STATUS_KEPT) if (status[key] !== undefined) kept[key] = status[key];
  if (typeof status['message'] === 'string') kept['message'] = cut(status['message']);
  if (Array.isArray(status['conditions'])) kept['conditions'] = status['conditions'].map(trimCondition);
  for (const key of STATUSES) {
    if (Array.isArray(status[key])) kept[key] = status[key].map(trimContainerStatus);
  }
  pod['status'] = kept;
}

/** One spec for all pods of a template: without the node, and without the random end of the token volume's name. */
function sharedSpec(spec: Record<string, unknown>, share: Share): unknown {
  for (const list of ['containers', 'initContainers']) {
    const containers = spec[list];
    if (!Array.isArray(containers)) continue;
    for (const container of containers) {
      if (!isRecord(container) || !Array.isArray(container['volumeMounts'])) continue;
      for (const mount of container['volumeMounts']) plainTokenName(mount);
    }
  }
  if (Array.isArray(spec['volumes'])) for (const volume of spec['volumes']) plainTokenName(volume);
  return share(spec);
}

function plainTokenName(named: unknown): void {
  if (isRecord(named) && typeof named['name'] === 'string' && /^kube-api-access-[a-z0-9]{5}$/.test(named['name']))
    named['name'] = 'kube-api-access';
}

function trimCondition(condition: unknown): unknown {
  if (!isRecord(condition)) return condition;
  const { type, status, reason, message, lastTransitionTime } = condition;
  return {
    type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(typeof message === 'string' ? { message: cut(message) } : {}),
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
  };
}

function trimContainerStatus(status: unknown): unknown {
  if (!isRecord(status)) return status;
  const kept: Record<string, unknown> = {};
  for (const key of CONTAINER_KEPT) if (status[key] !== undefined) kept[key] = status[key];
  if (status['state'] !== undefined) kept['state'] = trimState(status['state']);
  if (isRecord(status['lastState']) && Object.keys(status['lastState']).length > 0)
    kept['lastState'] = trimState(status['lastState']);
  return kept;
}

function trimState(state: unknown): unknown {
  if (!isRecord(state)) return state;
  return Object.fromEntries(
    Object.entries(state).map(([name, detail]) => {
      if (!isRecord(detail)) return [name, detail];
      const { containerID: _left, message, ...kept } = detail;
      return [name, typeof message === 'string' ? { ...kept, message: cut(message) } : kept];
    }),
  );
}
