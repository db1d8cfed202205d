import { printableStart } from '../../domain/printable.ts';
import {
  ageOf,
  quantityOf,
  type KubeEvent,
  type PersistentVolumeClaim,
  type Pod,
} from '../../providers/kubernetes/reader.ts';
import { timeOf, type LastingProblem } from './lasting.ts';
import type { Scene } from './scene.ts';

const MESSAGE_SHOWN = 160;
/** An event that came this lately still tells of now. */
const FRESH_MS = 3_600_000;

/** What claims are held against: who waits for them, and what was said of them. */
export interface ClaimSurroundings {
  readonly scene: Scene;
  /** Claims (`namespace/name`) that a pod which is not done mounts. */
  readonly wanted: ReadonlySet<string>;
  /** True for a claim that is bound once a pod comes to use it, and for one of which that can't be told. */
  mayWait(claim: PersistentVolumeClaim): boolean;
  /** The latest event of a claim (`namespace/name`) that its volume could not be made. */
  readonly failures: ReadonlyMap<string, KubeEvent>;
  readonly smallerThan: number | undefined;
  readonly onlyFailed: boolean;
}

export function surroundingsOf(
  scene: Scene,
  params: { readonly smallerThan?: number | undefined; readonly pendingOnlyWhenFailed: boolean },
): ClaimSurroundings {
  const waiting = new Set(
    scene
      .all('StorageClass')
      .filter(({ volumeBindingMode }) => volumeBindingMode === 'WaitForFirstConsumer')
      .map(({ metadata }) => metadata.name),
  );
  return {
    scene,
    wanted: new Set(scene.all('Pod').filter(isUnderWay).flatMap(claimsOf)),
    mayWait: ({ spec }) => !scene.knows('StorageClass') || waiting.has(spec?.storageClassName ?? ''),
    failures: failuresOf(scene),
    smallerThan: params.smallerThan,
    onlyFailed: params.pendingOnlyWhenFailed,
  };
}

export function claimProblems(claim: PersistentVolumeClaim, around: ClaimSurroundings): readonly LastingProblem[] {
  // An API server writes Pending where there is nothing yet.
  switch (claim.status?.phase ?? 'Pending') {
    case 'Pending':
      return pending(claim, around);
    case 'Lost':
      return [lost(claim)];
    default:
      return small(claim, around.smallerThan);
  }
}

function pending(claim: PersistentVolumeClaim, around: ClaimSurroundings): readonly LastingProblem[] {
  const { metadata, spec } = claim;
  const { scene } = around;
  const key = `${metadata.namespace ?? ''}/${metadata.name}`;
  const isWanted = around.wanted.has(key);
  const failure = around.failures.get(key);
  if (around.onlyFailed && failure === undefined) return [];
  if (around.mayWait(claim) && !isWanted && failure === undefined) return [];
  return [
    {
      rule: 'pending',
      about: whyPending(claim, around, failure),
      since: timeOf(metadata.creationTimestamp),
      worse: isWanted || scene.knows('Pod', metadata.namespace) ? isWanted : null,
      fields: [
        { path: 'status.phase', value: claim.status?.phase ?? null },
        { path: 'spec.storageClassName', value: spec?.storageClassName ?? null },
        { path: 'a pod waits for it', value: isWanted },
        ...(failure === undefined
          ? []
          : [
              { path: `Event ${failure.reason}: message`, value: printableStart(failure.message ?? '', MESSAGE_SHOWN) },
            ]),
      ],
    },
  ];
}

function whyPending({ spec }: PersistentVolumeClaim, { scene }: ClaimSurroundings, failure?: KubeEvent): string {
  if (failure?.message !== undefined && failure.message !== '')
    return `: ${printableStart(failure.message, MESSAGE_SHOWN)}`;
  const name = spec?.storageClassName ?? '';
  if (name === '' || !scene.knows('StorageClass')) return '';
  const isThere = scene.all('StorageClass').some(({ metadata }) => metadata.name === name);
  return isThere ? '' : `: there is no StorageClass ${name}`;
}

function lost({ spec, status }: PersistentVolumeClaim): LastingProblem {
  return {
    rule: 'lost',
    about: spec?.volumeName ?? 'its volume',
    since: 0,
    fields: [
      { path: 'status.phase', value: status?.phase ?? null },
      { path: 'spec.volumeName', value: spec?.volumeName ?? null },
    ],
  };
}

function small({ spec }: PersistentVolumeClaim, limit: number | undefined): readonly LastingProblem[] {
  const asked = spec?.resources?.requests?.['storage'];
  return smallerThan(asked, limit, 'spec.resources.requests.storage');
}

/** A size below the limit that somebody asked to be told of. */
export function smallerThan(
  size: string | number | undefined,
  limit: number | undefined,
  path: string,
): readonly LastingProblem[] {
  const bytes = quantityOf(size);
  if (limit === undefined || bytes === null || bytes >= limit) return [];
  return [{ rule: 'small', about: String(size), since: 0, fields: [{ path, value: String(size) }] }];
}

function isUnderWay({ status, metadata }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** A generic ephemeral volume has a claim that is named after pod and volume. */
function claimsOf({ metadata, spec }: Pod): readonly string[] {
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    const claim = ephemeral === undefined ? persistentVolumeClaim?.claimName : `${metadata.name}-${name}`;
    return claim === undefined ? [] : [`${metadata.namespace ?? ''}/${claim}`];
  });
}

function failuresOf(scene: Scene): ReadonlyMap<string, KubeEvent> {
  const latest = new Map<string, KubeEvent>();
  for (const event of scene.all('Event')) {
    const { involvedObject: object, reason } = event;
    if (object?.kind !== 'PersistentVolumeClaim' || reason !== 'ProvisioningFailed') continue;
    if (ageOf(lastSeen(event), scene.now) > FRESH_MS && lastSeen(event) !== undefined) continue;
    const key = `${object.namespace ?? ''}/${object.name ?? ''}`;
    const other = latest.get(key);
    if (other === undefined || timeOf(lastSeen(event)) >= timeOf(lastSeen(other))) latest.set(key, event);
  }
  return latest;
}

function lastSeen({ series, lastTimestamp, eventTime }: KubeEvent): string | undefined {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? undefined;
}
