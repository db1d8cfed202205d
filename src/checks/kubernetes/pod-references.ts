import type { PodDescription } from '../../providers/kubernetes/reader.ts';
import { containersOf } from '../../providers/kubernetes/reader.ts';

/** What the description of a pod names, and the field that names it. */
export interface PodReference {
  readonly kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim';
  readonly name: string;
  readonly path: string;
  /** The pod starts without it. */
  readonly optional: boolean;
  /** Keys that must be there. */
  readonly keys: readonly string[];
}

/** By containers of every sort, by volumes, projected ones included, and by the pod as a whole. */
export function podReferences(pods: Pick<PodDescription, 'spec' | 'path'>): readonly PodReference[] {
  return [...fromContainers(pods), ...fromVolumes(pods), ...fromPod(pods)].filter(({ name }) => name !== '');
}

function fromContainers(pods: Pick<PodDescription, 'spec' | 'path'>): readonly PodReference[] {
  return containersOf(pods).flatMap(({ container, path }) => [
    ...(container.envFrom ?? []).flatMap(({ configMapRef, secretRef }, index) => [
      ...reference('ConfigMap', configMapRef, `${path}.envFrom[${index}].configMapRef.name`),
      ...reference('Secret', secretRef, `${path}.envFrom[${index}].secretRef.name`),
    ]),
    ...(container.env ?? []).flatMap(({ valueFrom }, index) => [
      ...reference('ConfigMap', valueFrom?.configMapKeyRef, `${path}.env[${index}].valueFrom.configMapKeyRef`),
      ...reference('Secret', valueFrom?.secretKeyRef, `${path}.env[${index}].valueFrom.secretKeyRef`),
    ]),
  ]);
}

function fromVolumes({ spec, path }: Pick<PodDescription, 'spec' | 'path'>): readonly PodReference[] {
  return (spec.volumes ?? []).flatMap(({ configMap, secret, persistentVolumeClaim, projected, csi }, index) => {
    const volume = `${path}.volumes[${index}]`;
    return [
      ...reference('ConfigMap', configMap, `${volume}.configMap.name`),
      ...reference('Secret', secret && { ...secret, name: secret.secretName }, `${volume}.secret.secretName`),
      ...reference('Secret', csi?.nodePublishSecretRef, `${volume}.csi.nodePublishSecretRef.name`),
      ...reference(
        'PersistentVolumeClaim',
        persistentVolumeClaim && { name: persistentVolumeClaim.claimName },
        `${volume}.persistentVolumeClaim.claimName`,
      ),
      ...(projected?.sources ?? []).flatMap((source, place) => [
        ...reference('ConfigMap', source.configMap, `${volume}.projected.sources[${place}].configMap.name`),
        ...reference('Secret', source.secret, `${volume}.projected.sources[${place}].secret.name`),
      ]),
    ];
  });
}

function fromPod({ spec, path }: Pick<PodDescription, 'spec' | 'path'>): readonly PodReference[] {
  const account = [
    ['serviceAccountName', spec.serviceAccountName],
    ['serviceAccount', spec.serviceAccount],
  ].find(([, name]) => name !== undefined && name !== '');
  return [
    ...(spec.imagePullSecrets ?? []).flatMap((secret, index) =>
      reference('Secret', { ...secret, optional: true }, `${path}.imagePullSecrets[${index}].name`),
    ),
    ...(account === undefined ? [] : reference('ServiceAccount', { name: account[1] }, `${path}.${account[0]}`)),
  ];
}

interface Ref {
  readonly name?: string | undefined;
  readonly key?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string }[];
}

function reference(kind: PodReference['kind'], ref: Ref | undefined, path: string): readonly PodReference[] {
  if (ref === undefined) return [];
  const { name = '', key, optional = false, items = [] } = ref;
  return [
    { kind, name, path, optional, keys: [...(key === undefined ? [] : [key]), ...items.map((item) => item.key)] },
  ];
}
