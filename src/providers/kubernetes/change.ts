import type { Call } from './call.ts';
import { apiVersionOf, KINDS, pathOf, type KindName } from './kinds.ts';

/** One object, by its place. */
export interface ObjectPlace {
  readonly kind: KindName;
  /** null: its kind belongs to no namespace. */
  readonly namespace: string | null;
  readonly name: string;
}

/**
 * What can be changed of an object: a closed list, each with its own request, so that no patch, path or body is handed
 * through. The dry run and the write are the same request but for `dryRun=All` and the version.
 */
export type Change = { readonly object: ObjectPlace } & (
  | { readonly type: 'scale'; readonly replicas: number }
  | { readonly type: 'restart'; readonly at: string }
  | { readonly type: 'cordon'; readonly unschedulable: boolean }
  | { readonly type: 'suspend'; readonly suspend: boolean }
  | { readonly type: 'set-image'; readonly list: ContainerList; readonly container: string; readonly image: string }
  | { readonly type: 'set-template'; readonly template: Readonly<Record<string, unknown>> }
  | { readonly type: 'evict'; readonly uid: string }
  | { readonly type: 'delete'; readonly uid: string; readonly dependents: 'Background' | 'Orphan' }
  | { readonly type: 'apply'; readonly manifest: Readonly<Record<string, unknown>>; readonly force: boolean }
);

export type ContainerList = 'containers' | 'initContainers';

/** Whom the API server names as the owner of the fields that Holdfast wrote. */
export const FIELD_MANAGER = 'holdfast';

/** What `kubectl rollout restart` writes too. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

export interface Sending {
  readonly dryRun: boolean;
  /** The resourceVersion that was just read; an object that moved since is a 409. null: it may be of any. */
  readonly version: string | null;
}

export function callOf(change: Change, { dryRun, version }: Sending): Call {
  const { object } = change;
  const path = `${pathOf(KINDS[object.kind], object.namespace)}/${encodeURIComponent(object.name)}`;
  const metadata = version === null ? {} : { metadata: { resourceVersion: version } };
  const patch = (spec: object): Call => ({
    method: 'PATCH',
    path: `${path}${query(dryRun, WRITTEN_BY)}`,
    contentType: 'application/strategic-merge-patch+json',
    body: JSON.stringify({ ...metadata, spec }),
  });
  switch (change.type) {
    case 'scale':
      return {
        method: 'PATCH',
        path: `${path}/scale${query(dryRun, WRITTEN_BY)}`,
        contentType: 'application/merge-patch+json',
        body: JSON.stringify({ ...metadata, spec: { replicas: change.replicas } }),
      };
    case 'restart':
      return patch({ template: { metadata: { annotations: { [RESTARTED_AT]: change.at } } } });
    case 'cordon':
      return patch({ unschedulable: change.unschedulable });
    case 'suspend':
      return patch({ suspend: change.suspend });
    case 'set-image':
      return patch({ template: { spec: { [change.list]: [{ name: change.container, image: change.image }] } } });
    case 'set-template':
      return patch({ template: { $patch: 'replace', ...change.template } });
    case 'evict':
      return evicting(path, change.uid, object, dryRun);
    case 'delete':
      return deleting(path, { uid: change.uid, version, dependents: change.dependents }, dryRun);
    case 'apply':
      return applying(path, change, version, dryRun);
    default:
      return change satisfies never;
  }
}

const WRITTEN_BY = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' } as const;

function query(dryRun: boolean, more: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams({ ...more, ...(dryRun ? { dryRun: 'All' } : {}) });
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** An eviction's own version is not that of its pod: the uid says which pod is meant. */
function evicting(path: string, uid: string, { namespace, name }: ObjectPlace, dryRun: boolean): Call {
  return {
    method: 'POST',
    path: `${path}/eviction${query(dryRun)}`,
    contentType: 'application/json',
    body: JSON.stringify({
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid }, ...(dryRun ? { dryRun: ['All'] } : {}) },
    }),
  };
}

interface Deletion {
  readonly uid: string;
  readonly version: string | null;
  readonly dependents: 'Background' | 'Orphan';
}

function deleting(path: string, { uid, version, dependents }: Deletion, dryRun: boolean): Call {
  return {
    method: 'DELETE',
    path: `${path}${query(dryRun)}`,
    contentType: 'application/json',
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid, ...(version === null ? {} : { resourceVersion: version }) },
      propagationPolicy: dependents,
      ...(dryRun ? { dryRun: ['All'] } : {}),
    }),
  };
}

/** Server-side apply: JSON is YAML. The place is that of the change, whatever the manifest's own metadata say. */
function applying(
  path: string,
  { object, manifest, force }: Extract<Change, { type: 'apply' }>,
  version: string | null,
  dryRun: boolean,
): Call {
  const own = manifest['metadata'];
  const metadata = {
    ...(typeof own === 'object' && own !== null ? own : {}),
    name: object.name,
    ...(object.namespace === null ? {} : { namespace: object.namespace }),
    ...(version === null ? {} : { resourceVersion: version }),
  };
  return {
    method: 'PATCH',
    path: `${path}${query(dryRun, { ...WRITTEN_BY, force: String(force) })}`,
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify({ ...manifest, apiVersion: apiVersionOf(KINDS[object.kind]), kind: object.kind, metadata }),
  };
}
