import { isKind } from './as-kind.ts';
import type { Container, Deployment, KubeObject, PodSpec, PodTemplate } from './objects.ts';

/** How a pod of a workload is described, and where: for evidence. */
export interface PodDescription {
  readonly spec: PodSpec;
  /** `spec`, `spec.template.spec`. */
  readonly path: string;
  /** Of the pods: the labels that selectors are held against. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** null: it describes no pods. */
export function podDescriptionOf(object: KubeObject): PodDescription | null {
  if (isKind('Pod', object)) {
    const { spec, metadata } = object;
    return { spec: spec ?? {}, path: 'spec', labels: metadata.labels, annotations: metadata.annotations };
  }
  if (isKind('CronJob', object))
    return fromTemplate(object.spec?.jobTemplate?.spec?.template, 'spec.jobTemplate.spec.template');
  if (isKind('PodTemplate', object)) return fromTemplate(object.template, 'template');
  return isTemplated(object) ? fromTemplate(object.spec?.template, 'spec.template') : null;
}

const TEMPLATED: ReadonlySet<string> = new Set([
  'Deployment',
  'DeploymentConfig',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'Job',
]);

function isTemplated(object: KubeObject): object is Deployment {
  return TEMPLATED.has(object.kind);
}

function fromTemplate(template: PodTemplate | undefined, path: string): PodDescription {
  return {
    spec: template?.spec ?? {},
    path: `${path}.spec`,
    labels: template?.metadata?.labels,
    annotations: template?.metadata?.annotations,
  };
}

/** A container of any sort, with its place: `spec.template.spec.initContainers[0]`. */
export interface PlacedContainer {
  readonly container: Container;
  readonly path: string;
  /** `sidecar`: an init container that is restarted always. */
  readonly sort: 'main' | 'init' | 'sidecar' | 'ephemeral';
}

export function containersOf({ spec, path }: Pick<PodDescription, 'spec' | 'path'>): readonly PlacedContainer[] {
  const place = (
    list: readonly Container[] | undefined,
    field: string,
    sort: PlacedContainer['sort'],
  ): PlacedContainer[] =>
    (list ?? []).map((container, index) => ({
      container,
      path: `${path}.${field}[${index}]`,
      sort: sort === 'init' && container.restartPolicy === 'Always' ? 'sidecar' : sort,
    }));
  return [
    ...place(spec.initContainers, 'initContainers', 'init'),
    ...place(spec.containers, 'containers', 'main'),
    ...place(spec.ephemeralContainers, 'ephemeralContainers', 'ephemeral'),
  ];
}
