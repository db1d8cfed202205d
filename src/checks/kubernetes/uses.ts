import {
  containersOf,
  podDescriptionOf,
  type Binding,
  type KubeObject,
  type Role,
  type StatefulSet,
} from '../../providers/kubernetes/reader.ts';
import { podReferences } from './pod-references.ts';

/** Whether anything uses what it is asked about. */
export interface Uses {
  /** `ConfigMap`, `ServiceAccount`, `PersistentVolumeClaim`: by the description of a pod, whether it runs or not. */
  byPods(object: KubeObject): boolean;
  /** By an argument of a container that holds its name, as controllers are told of what they read themselves. */
  byArguments(object: KubeObject): boolean;
  /** A claim that a stateful set made for a pod, and would take again. */
  byStatefulSets(object: KubeObject): boolean;
  /** A ConfigMap that a role names. */
  byRoles(object: KubeObject): boolean;
}

/** `holders`: whatever describes pods, and pods themselves. */
export function usesOf(holders: readonly KubeObject[], roles: readonly Role[]): Uses {
  const used = new Set<string>();
  const words = new Set<string>();
  const claims: string[] = [];
  for (const holder of holders) {
    const pods = podDescriptionOf(holder);
    if (pods === null) continue;
    const namespace = holder.metadata.namespace ?? '';
    for (const { kind, name } of podReferences(pods)) used.add(keyOf(kind, namespace, name));
    for (const { container } of containersOf(pods))
      for (const argument of [...(container.command ?? []), ...(container.args ?? [])])
        for (const word of wordsOf(argument)) words.add(word);
    for (const { name, ephemeral } of pods.spec.volumes ?? [])
      if (ephemeral !== undefined && holder.kind === 'Pod')
        used.add(keyOf('PersistentVolumeClaim', namespace, `${holder.metadata.name}-${name}`));
    claims.push(...claimsOf(holder));
  }
  const named = new Set(roles.flatMap(namedConfigMaps));
  return {
    byPods: ({ kind, metadata }) => used.has(keyOf(kind, metadata.namespace, metadata.name)),
    byArguments: ({ metadata }) => words.has(metadata.name),
    byStatefulSets: ({ metadata }) =>
      claims.some((prefix) => `${metadata.namespace ?? ''}/${metadata.name}`.startsWith(prefix)),
    byRoles: ({ metadata }) =>
      named.has(`${metadata.namespace ?? ''}/${metadata.name}`) || named.has(`/${metadata.name}`),
  };
}

/** `--configmap=$(POD_NAMESPACE)/nginx-config` */
function wordsOf(argument: string): readonly string[] {
  return argument.split(/[^\w.-]+/).map((word) => word.replace(/^-+/, ''));
}

/** `prod/data-db-`: what its claims' names begin with. */
function claimsOf(holder: KubeObject): readonly string[] {
  if (holder.kind !== 'StatefulSet') return [];
  const { metadata, spec } = holder as StatefulSet;
  return (spec?.volumeClaimTemplates ?? []).map(
    (template) => `${metadata.namespace ?? ''}/${template.metadata?.name ?? ''}-${metadata.name}-`,
  );
}

/** Of a role of the whole cluster: in every namespace. */
function namedConfigMaps({ metadata, rules }: Role): readonly string[] {
  return (rules ?? [])
    .filter(({ resources }) => (resources ?? []).includes('configmaps'))
    .flatMap(({ resourceNames }) => resourceNames ?? [])
    .map((name) => `${metadata.namespace ?? ''}/${name}`);
}

/** Roles and service accounts that bindings name: `Role prod/reader`, `ClusterRole /reader`. */
export function boundBy(bindings: readonly Binding[]): ReadonlySet<string> {
  return new Set(
    bindings.flatMap(({ metadata, roleRef, subjects }) => [
      keyOf(roleRef?.kind ?? '', roleRef?.kind === 'Role' ? metadata.namespace : undefined, roleRef?.name ?? ''),
      ...(subjects ?? []).map(({ kind, namespace, name }) => keyOf(kind, namespace ?? metadata.namespace, name)),
    ]),
  );
}

export function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace ?? ''}/${name}`;
}
