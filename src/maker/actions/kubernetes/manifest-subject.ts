import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import { printable } from '../../../domain/printable.ts';
import { KINDS, readManifest, type Manifest } from '../../../providers/kubernetes/reader.ts';
import { fieldsAt } from './object-fields.ts';
import type { Subject } from './subject.ts';

/** No namespaces, nodes, volumes, rights, Secrets, definitions or webhooks; no bare pods. */
export const APPLICABLE_KINDS = [
  'ConfigMap',
  'CronJob',
  'DaemonSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Job',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'Service',
  'StatefulSet',
] as const;
export type ApplicableKind = (typeof APPLICABLE_KINDS)[number];

export interface ManifestParams {
  readonly context?: string | undefined;
  readonly namespace: string;
  readonly file: string;
  readonly force: boolean;
}

export interface ManifestSubject extends Subject {
  readonly kind: ApplicableKind;
  readonly namespace: string;
  readonly manifest: Manifest;
}

/** What else of its metadata a manifest may have; what the server, or an owner, decides it may not. */
const METADATA = new Set(['name', 'namespace', 'labels', 'annotations']);

/** The object that a file describes, where it is one that may be applied. */
export async function manifestSubject({ context, namespace, file }: ManifestParams): Promise<Looked<ManifestSubject>> {
  const read = await readManifest(file);
  if (read.status === 'unknown') return read;
  const manifest = read.value;
  const refused = (why: string): Looked<never> => unknown('MANIFEST_REFUSED', `${printable(file)}: ${why}.`);
  const kind = APPLICABLE_KINDS.find((known) => known === manifest.kind);
  if (kind === undefined)
    return refused(
      `${printable(manifest.kind)} is none of the kinds that are applied (${APPLICABLE_KINDS.join(', ')})`,
    );
  const { group, version } = KINDS[kind];
  const served = group === '' ? version : `${group}/${version}`;
  if (manifest.apiVersion !== served)
    return refused(`${kind} is applied as ${served}, and the file says ${printable(manifest.apiVersion)}`);
  if (manifest.namespace !== null && manifest.namespace !== namespace)
    return refused(`it names the namespace ${printable(manifest.namespace)}, and the parameter says ${namespace}`);
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(manifest.name)) return refused(`${printable(manifest.name)} is no name`);
  const odd = Object.keys(fieldsAt(manifest.object, 'metadata')).filter((field) => !METADATA.has(field));
  if (odd.length > 0)
    return refused(`its metadata has ${odd.map((field) => printable(field)).join(', ')}: take that out`);
  if (manifest.object['status'] !== undefined) return refused('it has a status, which is for its controller to write');
  return seen({ context, kind, namespace, name: manifest.name, manifest });
}
