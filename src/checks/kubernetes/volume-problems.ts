import type { PersistentVolume, StorageClass } from '../../providers/kubernetes/reader.ts';
import { smallerThan } from './claim-problems.ts';
import { timeOf, untold, type LastingProblem } from './lasting.ts';

export interface VolumeLimits {
  readonly smallerThan?: number | undefined;
  /** Volumes that nobody claimed are of interest. */
  readonly unclaimed: boolean;
}

export function volumeProblems(volume: PersistentVolume, limits: VolumeLimits): readonly LastingProblem[] {
  const sized = smallerThan(volume.spec?.capacity?.['storage'], limits.smallerThan, 'spec.capacity.storage');
  switch (volume.status?.phase) {
    case 'Failed':
      return [phase(volume, 'volume-failed', failureWords(volume)), ...sized];
    case 'Released':
      return [phase(volume, 'released', volume.spec?.persistentVolumeReclaimPolicy ?? 'no policy'), ...sized];
    case 'Available':
      return [...(limits.unclaimed ? [phase(volume, 'unclaimed', '')] : []), ...sized];
    default:
      return sized;
  }
}

function phase(volume: PersistentVolume, rule: string, about: string): LastingProblem {
  const { spec, status } = volume;
  const since = status?.lastPhaseTransitionTime;
  const claim = spec?.claimRef;
  return {
    rule,
    about,
    since: since === undefined ? untold(volume) : timeOf(since),
    fields: [
      { path: 'status.phase', value: status?.phase ?? null },
      ...(since === undefined ? [] : [{ path: 'status.lastPhaseTransitionTime', value: since }]),
      { path: 'spec.persistentVolumeReclaimPolicy', value: spec?.persistentVolumeReclaimPolicy ?? null },
      ...(claim === undefined
        ? []
        : [{ path: 'spec.claimRef', value: `${claim.namespace ?? ''}/${claim.name ?? ''}` }]),
      { path: 'spec.capacity.storage', value: spec?.capacity?.['storage'] ?? null },
    ],
  };
}

function failureWords({ status }: PersistentVolume): string {
  const words = status?.message ?? status?.reason;
  return words === undefined ? '' : `: ${words}`;
}

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';

export function classProblems(
  storageClass: StorageClass,
  all: readonly StorageClass[],
  unwanted: readonly string[],
): readonly LastingProblem[] {
  return [...unwantedProvisioner(storageClass, unwanted), ...oneOfSeveralDefaults(storageClass, all)];
}

function unwantedProvisioner({ provisioner }: StorageClass, unwanted: readonly string[]): readonly LastingProblem[] {
  if (provisioner === undefined || !unwanted.includes(provisioner)) return [];
  return [
    {
      rule: 'provisioner',
      about: provisioner,
      since: 0,
      fields: [{ path: 'provisioner', value: provisioner }],
    },
  ];
}

function oneOfSeveralDefaults(storageClass: StorageClass, all: readonly StorageClass[]): readonly LastingProblem[] {
  const defaults = all.filter(isDefault);
  if (!isDefault(storageClass) || defaults.length < 2) return [];
  return [
    {
      rule: 'several-defaults',
      about: defaults
        .map(({ metadata }) => metadata.name)
        .toSorted()
        .join(', '),
      since: 0,
      fields: [{ path: `metadata.annotations["${IS_DEFAULT}"]`, value: 'true' }],
    },
  ];
}

function isDefault({ metadata }: StorageClass): boolean {
  return metadata.annotations?.[IS_DEFAULT] === 'true';
}
