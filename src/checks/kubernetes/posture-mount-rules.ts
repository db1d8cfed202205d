import type { Volume } from '../../providers/kubernetes/reader.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Scene } from './scene.ts';
import type { Found, WorkloadRule } from './workload-rule.ts';

/** `Kind namespace/name` of what there is to be mounted, as far as it was listed. */
export interface MountSettings {
  readonly mounted: ReadonlySet<string>;
}

type MountRuleId = 'mounts-secret' | 'mounts-config-map' | 'mounts-claim';
type MountRule = WorkloadRule<MountSettings> & { readonly id: MountRuleId };

/** What must be listed for each rule. */
export const MOUNT_KINDS = {
  'mounts-secret': 'Secret',
  'mounts-config-map': 'ConfigMap',
  'mounts-claim': 'PersistentVolumeClaim',
} as const satisfies Record<MountRuleId, string>;

const SEE = 'See what it is used for: kubectl get {object} -o yaml';

/** Who can read what, for whoever follows an attack: nothing that would be wrong by itself. */
export const MOUNT_RULES: readonly MountRule[] = [
  {
    id: 'mounts-secret',
    severity: 'info',
    optional: true,
    title: 'mounts Secrets: {about}',
    why: 'Who gets into the container reads them.',
    next: SEE,
    find: (workload, settings) => mountsOf(workload, settings, 'Secret', ({ secret }) => secret?.secretName),
  },
  {
    id: 'mounts-config-map',
    severity: 'info',
    optional: true,
    title: 'mounts ConfigMaps: {about}',
    why: 'Who gets into the container reads them.',
    next: SEE,
    find: (workload, settings) => mountsOf(workload, settings, 'ConfigMap', ({ configMap }) => configMap?.name),
  },
  {
    id: 'mounts-claim',
    severity: 'info',
    optional: true,
    title: 'mounts volumes by claims: {about}',
    why: 'Who gets into the container reads and changes what is there.',
    next: SEE,
    find: (workload, settings) =>
      mountsOf(workload, settings, 'PersistentVolumeClaim', (volume) => volume.persistentVolumeClaim?.claimName),
  },
];

export function mountedNames(scene: Scene): ReadonlySet<string> {
  return new Set(
    Object.values(MOUNT_KINDS).flatMap((kind) =>
      scene.all(kind).map(({ metadata }) => keyOf(kind, metadata.namespace, metadata.name)),
    ),
  );
}

function mountsOf(
  { pods, containers, object }: JudgedWorkload,
  { mounted }: MountSettings,
  kind: string,
  nameIn: (volume: Volume) => string | undefined,
): readonly Found[] {
  return (pods.spec.volumes ?? []).flatMap((volume) => {
    const name = nameIn(volume);
    if (name === undefined || !mounted.has(keyOf(kind, object.metadata.namespace, name))) return [];
    return containers.flatMap(({ container, path }) =>
      (container.volumeMounts ?? []).flatMap((mount, index) =>
        mount.name === volume.name
          ? [{ about: name, fields: [{ path: `${path}.volumeMounts[${index}]`, value: name }] }]
          : [],
      ),
    );
  });
}

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace ?? ''}/${name}`;
}
