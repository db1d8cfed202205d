import { asKind } from './as-kind.ts';
import type { KindName, Kinds } from './kinds.ts';
import type { KubeObject, Pod, PodSpec } from './objects.ts';
import { createOwners, type Owners } from './owners.ts';
import { fits, selects } from './selector.ts';
import { topologyKey, type Relation, type TopologyEdge, type TopologyKey, type TopologyNode } from './topology.ts';
import { podDescriptionOf } from './workload.ts';

export type All = <Name extends KindName>(kind: Name) => readonly Kinds[Name][];

/** What has been found so far. */
export interface Sketch {
  readonly nodes: Map<TopologyKey, TopologyNode>;
  readonly edges: TopologyEdge[];
}

/** What makes pods and stands at the top. */
const TOPS = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'ReplicaSet'] as const;

/** A workload with the labels that its pods bear. */
interface Selectable {
  readonly key: TopologyKey;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
}

export function edgesOf(list: (kind: KindName) => readonly unknown[]): Sketch {
  const all: All = <Name extends KindName>(kind: Name) => asKind(kind, list(kind));
  const sketch: Sketch = { nodes: new Map(), edges: [] };
  const owners = createOwners([...all('ReplicaSet'), ...all('Job')]);
  const workloads = drawWorkloads(all, owners, sketch);
  drawSelectors(all, workloads, sketch);
  drawRoutes(all, sketch);
  for (const claim of all('PersistentVolumeClaim')) {
    add(sketch, claim);
    const volume = claim.spec?.volumeName;
    if (volume !== undefined && volume !== '')
      link(sketch, keyOf(claim), 'binds', named(sketch, 'PersistentVolume', null, volume, null));
  }
  return sketch;
}

function drawWorkloads(all: All, owners: Owners, sketch: Sketch): readonly Selectable[] {
  const selectable = new Map<string, Selectable>();
  const note = (key: TopologyKey, namespace: string, labels: Selectable['labels']): void => {
    selectable.set(`${key} ${JSON.stringify(labels ?? {})}`, { key, namespace, labels });
  };
  for (const kind of TOPS) {
    for (const object of all(kind)) {
      const { namespace = '' } = object.metadata;
      const owner = owners.of(object);
      const isTop = owner.kind === object.kind && owner.name === object.metadata.name;
      // The ReplicaSets of a Deployment are how it works; Jobs of a CronJob are runs of it.
      if (!isTop && kind === 'ReplicaSet') continue;
      add(sketch, object, 0);
      if (!isTop) link(sketch, named(sketch, owner.kind, namespace, owner.name, null), 'owns', keyOf(object));
      const description = podDescriptionOf(object);
      if (description === null) continue;
      drawUses(sketch, keyOf(object), namespace, description.spec);
      note(keyOf(object), namespace, description.labels);
    }
  }
  for (const pod of all('Pod')) drawPod(sketch, pod, owners, note);
  return [...selectable.values()];
}

/** A pod counts for whoever owns it; its own labels are what selectors are held against. */
function drawPod(
  sketch: Sketch,
  pod: Pod,
  owners: Owners,
  note: (key: TopologyKey, namespace: string, labels: Selectable['labels']) => void,
): void {
  const owner = owners.of(pod);
  const { namespace = '' } = pod.metadata;
  const key = topologyKey(owner.kind, owner.namespace, owner.name);
  const known = sketch.nodes.get(key);
  sketch.nodes.set(key, {
    kind: owner.kind,
    namespace: owner.namespace === '' ? null : owner.namespace,
    name: owner.name,
    pods: (known?.pods ?? 0) + 1,
    exists: known?.exists ?? (owner.kind === 'Pod' ? true : null),
  });
  if (known === undefined || known.exists === null) drawUses(sketch, key, namespace, pod.spec ?? {});
  note(key, namespace, pod.metadata.labels);
  if (pod.nodeName !== undefined && pod.nodeName !== '')
    link(sketch, key, 'runs-on', named(sketch, 'Node', null, pod.nodeName, null));
}

function drawUses(sketch: Sketch, key: TopologyKey, namespace: string, spec: PodSpec): void {
  const use = (relation: Relation, kind: string, name: string | undefined): void => {
    if (name !== undefined && name !== '') link(sketch, key, relation, named(sketch, kind, namespace, name, null));
  };
  for (const volume of spec.volumes ?? []) {
    use('mounts', 'ConfigMap', volume.configMap?.name);
    use('mounts', 'Secret', volume.secret?.secretName);
    use('mounts', 'PersistentVolumeClaim', volume.persistentVolumeClaim?.claimName);
    // What every pod gets with its token.
    if (volume.name === 'kube-api-access') continue;
    for (const source of volume.projected?.sources ?? []) {
      use('mounts', 'ConfigMap', source.configMap?.name);
      use('mounts', 'Secret', source.secret?.name);
    }
  }
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    for (const from of container.envFrom ?? []) {
      use('reads', 'ConfigMap', from.configMapRef?.name);
      use('reads', 'Secret', from.secretRef?.name);
    }
    for (const variable of container.env ?? []) {
      use('reads', 'ConfigMap', variable.valueFrom?.configMapKeyRef?.name);
      use('reads', 'Secret', variable.valueFrom?.secretKeyRef?.name);
    }
  }
  use('runs-as', 'ServiceAccount', spec.serviceAccountName ?? spec.serviceAccount);
}

function drawSelectors(all: All, workloads: readonly Selectable[], sketch: Sketch): void {
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  const linkAll = (
    object: KubeObject,
    relation: Relation,
    isMeant: (labels: Selectable['labels']) => boolean,
  ): void => {
    add(sketch, object);
    for (const { key, labels } of byNamespace.get(object.metadata.namespace ?? '') ?? [])
      if (isMeant(labels)) link(sketch, keyOf(object), relation, key);
  };
  for (const service of all('Service')) {
    const selector = service.spec?.selector ?? {};
    linkAll(service, 'selects', (labels) => Object.keys(selector).length > 0 && fits(selector, labels));
  }
  for (const budget of all('PodDisruptionBudget'))
    linkAll(budget, 'protects', (labels) => selects(budget.spec?.selector, labels));
  for (const policy of all('NetworkPolicy'))
    linkAll(policy, 'restricts', (labels) => selects(policy.spec?.podSelector ?? {}, labels));
  for (const scaler of all('HorizontalPodAutoscaler')) {
    add(sketch, scaler);
    const { kind, name } = scaler.spec?.scaleTargetRef ?? {};
    if (kind !== undefined && name !== undefined)
      link(
        sketch,
        keyOf(scaler),
        'scales',
        named(sketch, kind, scaler.metadata.namespace ?? null, name, existsOf(kind)),
      );
  }
}

function drawRoutes(all: All, sketch: Sketch): void {
  const toService = (
    from: KubeObject,
    namespace: string | undefined,
    name: string | undefined,
    detail: string | null,
  ) => {
    if (name !== undefined && name !== '')
      link(sketch, keyOf(from), 'routes', named(sketch, 'Service', namespace ?? null, name, false), detail);
  };
  for (const ingress of all('Ingress')) {
    add(sketch, ingress);
    const { namespace } = ingress.metadata;
    toService(ingress, namespace, ingress.spec?.defaultBackend?.service?.name, 'everything else');
    for (const rule of ingress.spec?.rules ?? [])
      for (const path of rule.http?.paths ?? [])
        toService(ingress, namespace, path.backend?.service?.name, `${rule.host ?? '*'}${path.path ?? '/'}`);
  }
  for (const gateway of all('Gateway')) add(sketch, gateway);
  for (const route of all('HTTPRoute')) {
    add(sketch, route);
    const { namespace } = route.metadata;
    const hosts = (route.spec?.hostnames ?? []).join(', ');
    for (const rule of route.spec?.rules ?? [])
      for (const backend of rule.backendRefs ?? [])
        if ((backend.kind ?? 'Service') === 'Service')
          toService(route, backend.namespace ?? namespace, backend.name, hosts === '' ? null : hosts);
    for (const parent of route.spec?.parentRefs ?? [])
      if ((parent.kind ?? 'Gateway') === 'Gateway' && parent.name !== undefined)
        link(
          sketch,
          named(sketch, 'Gateway', parent.namespace ?? namespace ?? null, parent.name, false),
          'routes',
          keyOf(route),
        );
  }
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const)
    for (const configuration of all(kind)) {
      add(sketch, configuration);
      for (const { name, clientConfig } of configuration.webhooks ?? [])
        toService(configuration, clientConfig?.service?.namespace, clientConfig?.service?.name, name);
    }
  for (const service of all('APIService')) {
    if (service.spec?.service === undefined) continue;
    add(sketch, service);
    toService(service, service.spec.service.namespace, service.spec.service.name, null);
  }
}

function add(sketch: Sketch, object: KubeObject, pods: number | null = null): void {
  const { namespace, name } = object.metadata;
  const key = keyOf(object);
  const known = sketch.nodes.get(key);
  sketch.nodes.set(key, {
    kind: object.kind,
    namespace: namespace ?? null,
    name,
    pods: known?.pods ?? pods,
    exists: true,
  });
}

/** Something that is named by another: it may not be there. */
function named(
  sketch: Sketch,
  kind: string,
  namespace: string | null,
  name: string,
  exists: boolean | null,
): TopologyKey {
  const key = topologyKey(kind, namespace, name);
  if (!sketch.nodes.has(key))
    sketch.nodes.set(key, { kind, namespace: namespace === '' ? null : namespace, name, pods: null, exists });
  return key;
}

/** Kinds that are listed are not there when they were not listed. */
function existsOf(kind: string): boolean | null {
  return TOPS.some((top) => top === kind) ? false : null;
}

function link(
  sketch: Sketch,
  from: TopologyKey,
  relation: Relation,
  to: TopologyKey,
  detail: string | null = null,
): void {
  sketch.edges.push({ from, to, relation, detail });
}

function keyOf({ kind, metadata }: KubeObject): TopologyKey {
  return topologyKey(kind, metadata.namespace, metadata.name);
}
