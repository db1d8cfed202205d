import type { KubeObject, Node, PersistentVolume, StorageClass } from '../../providers/kubernetes/reader.ts';
import type { Problem } from './problems.ts';

/** What Kubernetes itself lays into the default namespace. */
const OWN: ReadonlySet<string> = new Set([
  'Service kubernetes',
  'Endpoints kubernetes',
  'EndpointSlice kubernetes',
  'ConfigMap kube-root-ca.crt',
  'ServiceAccount default',
]);

/** True for what somebody put into the default namespace; not for what was made of it. */
export function isPlacedInDefault({ kind, metadata }: KubeObject): boolean {
  return metadata.namespace === 'default' && !OWN.has(`${kind} ${metadata.name}`);
}

export function placedProblem(): Problem {
  return { rule: 'in-default-namespace', fields: [{ path: 'metadata.namespace', value: 'default' }] };
}

/** The default namespace as a whole, by what lies in it: `3 Deployments, 1 Service`. */
export function inUseProblems(placed: readonly { readonly kind: string }[]): readonly Problem[] {
  if (placed.length === 0) return [];
  const counts = [...Map.groupBy(placed, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length] as const);
  const about = counts.map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`).join(', ');
  return [
    {
      rule: 'default-namespace-in-use',
      about,
      fields: counts.map(([kind, count]) => ({ path: `${kind}s with metadata.namespace=default`, value: count })),
    },
  ];
}

/** A kubelet of a minor version before the oldest that is maintained. */
export function kubeletProblems({ status }: Node, oldest: string): readonly Problem[] {
  const version = status?.nodeInfo?.['kubeletVersion'] ?? '';
  const [now, least] = [minorOf(version), minorOf(oldest)];
  return now === null || least === null || now >= least
    ? []
    : [{ rule: 'old-kubelet', about: version, fields: [{ path: 'status.nodeInfo.kubeletVersion', value: version }] }];
}

/** `v1.30.4-eks-036c24b` is 1030. */
function minorOf(version: string): number | null {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  return match === null ? null : Number(match[1]) * 1_000 + Number(match[2]);
}

/** Of the clouds, it is AWS that leaves it to the class; the others encrypt every disk. */
const LEFT_TO_THE_CLASS: ReadonlySet<string> = new Set(['ebs.csi.aws.com', 'kubernetes.io/aws-ebs']);

export function volumeProblems(
  { spec }: PersistentVolume,
  classes: ReadonlyMap<string, StorageClass>,
): readonly Problem[] {
  const name = spec?.storageClassName;
  const storageClass = name === undefined ? undefined : classes.get(name);
  if (storageClass === undefined || !LEFT_TO_THE_CLASS.has(storageClass.provisioner ?? '')) return [];
  const encrypted = storageClass.parameters?.['encrypted'];
  if (encrypted === 'true') return [];
  return [
    {
      rule: 'volume-unencrypted',
      about: storageClass.metadata.name,
      fields: [
        { path: 'spec.storageClassName', value: storageClass.metadata.name },
        { path: `StorageClass ${storageClass.metadata.name}: parameters.encrypted`, value: encrypted ?? null },
      ],
    },
  ];
}
