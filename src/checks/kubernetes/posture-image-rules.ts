import { fullName, imageName, isDigest, type ImageName } from './image-name.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import { inContainers, type Found, type WorkloadRule } from './workload-rule.ts';

export interface ImageSettings {
  readonly allowedRegistries: readonly string[];
  readonly blockedRegistries: readonly string[];
  readonly floatingTags: readonly string[];
  readonly unpinnedRepositories: readonly string[];
}

const SEE = 'See which images it names: kubectl get {object} -o yaml';

/** What the images of a workload are named. */
export const IMAGE_RULES: readonly WorkloadRule<ImageSettings>[] = [
  {
    id: 'latest-tag',
    severity: 'medium',
    title: 'runs images of no fixed version: {about}',
    why: 'What runs depends on when a node pulled it: two pods of one workload can differ, a restart can be an upgrade, and there is no way back.',
    next: SEE,
    find: (workload) => onImages(workload, ({ name }) => isLatest(name)),
  },
  {
    id: 'stale-tag',
    severity: 'low',
    title: 'runs images whose tag moves, and does not pull them again: {about}',
    why: 'Each node keeps the image that it pulled first, so that nodes run different ones under the same name.',
    next: SEE,
    find: (workload, { floatingTags }) =>
      onImages(
        workload,
        ({ name, policy }) => (policy === 'IfNotPresent' || policy === 'Never') && isFloating(name, floatingTags),
      ),
  },
  {
    id: 'not-allowed-registry',
    severity: 'high',
    title: 'runs images from registries that are not allowed here: {about}',
    why: 'The list of allowed registries is the operator’s; what comes from elsewhere was not asked for.',
    next: SEE,
    find: (workload, { allowedRegistries }) =>
      allowedRegistries.length === 0
        ? []
        : onImages(workload, ({ image, name }) => !allowedRegistries.some((place) => isFrom(image, name, place))),
  },
  {
    id: 'blocked-registry',
    severity: 'high',
    title: 'runs images from registries that are blocked here: {about}',
    why: 'The list of blocked registries is the operator’s.',
    next: SEE,
    find: (workload, { blockedRegistries }) =>
      onImages(workload, ({ image, name }) => blockedRegistries.some((place) => isFrom(image, name, place))),
  },
  {
    id: 'old-registry',
    severity: 'medium',
    title: 'runs images from k8s.gcr.io: {about}',
    why: 'That registry has been frozen since April 2023: no fixes come there, and it may be gone any day; registry.k8s.io took its place.',
    next: SEE,
    find: (workload) => onImages(workload, ({ name }) => name.registry === 'k8s.gcr.io'),
  },
  {
    id: 'ingress-nginx-retired',
    severity: 'medium',
    title: 'runs images of ingress-nginx, which was retired in March 2026: {about}',
    why: 'It faces the network and gets no fixes any more, not even for holes that are known.',
    next: 'See which Ingresses it serves, and plan to move them: kubectl get ingresses -A',
    find: (workload) => onImages(workload, ({ name }) => /(?:^|\/)ingress-nginx\//.test(name.repository)),
  },
  {
    id: 'not-pinned',
    severity: 'low',
    optional: true,
    title: 'runs images by tag and not by digest: {about}',
    why: 'A tag can be moved to another image by whoever may push to the registry.',
    next: SEE,
    find: (workload, { unpinnedRepositories }) =>
      onImages(
        workload,
        ({ image, name }) =>
          (name.digest === null || !isDigest(name.digest)) &&
          !unpinnedRepositories.some((place) => isFrom(image, name, place)),
      ),
  },
  {
    id: 'pull-policy-not-always',
    severity: 'info',
    optional: true,
    title: 'does not ask the registry at each start: {about}',
    why: 'A pod may use a private image that another pod of its node pulled, without the right to pull it itself.',
    next: SEE,
    find: (workload) =>
      inContainers(workload, ({ container, path }) =>
        container.imagePullPolicy === 'Always'
          ? null
          : [{ path: `${path}.imagePullPolicy`, value: container.imagePullPolicy ?? null }],
      ),
  },
];

interface Named {
  readonly image: string;
  readonly name: ImageName;
  readonly policy: string | undefined;
}

/** A container without an image is given one later (by a webhook, an operator): there is nothing to say of it. */
function onImages(workload: JudgedWorkload, isMeant: (named: Named) => boolean): readonly Found[] {
  return inContainers(workload, ({ container, path }) => {
    const { image, imagePullPolicy: policy } = container;
    if (image === undefined || image === '') return null;
    return isMeant({ image, name: imageName(image), policy }) ? [{ path: `${path}.image`, value: image }] : null;
  });
}

function isLatest({ tag, digest }: ImageName): boolean {
  return digest === null && (tag === null || tag === 'latest');
}

function isFloating(name: ImageName, floatingTags: readonly string[]): boolean {
  return isLatest(name) || (name.digest === null && name.tag !== null && floatingTags.includes(name.tag));
}

/** `place` is a registry or a beginning of a name up to a slash, a tag or a digest: as written, or in full. */
function isFrom(image: string, name: ImageName, place: string): boolean {
  const wanted = place.replace(/\/+$/, '');
  return [image, fullName(name)].some(
    (whole) => whole === wanted || ['/', ':', '@'].some((end) => whole.startsWith(`${wanted}${end}`)),
  );
}
