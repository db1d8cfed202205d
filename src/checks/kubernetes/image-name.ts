/** An image as it is named in a container, taken apart by the grammar of distribution/reference. */
export interface ImageName {
  /** `docker.io` where none is written. */
  readonly registry: string;
  /** `library/nginx`, `team/app`. */
  readonly repository: string;
  readonly tag: string | null;
  /** `sha256:…`, as written. */
  readonly digest: string | null;
}

const DOCKER_HUB = 'docker.io';

/** The first part of a name is a registry when it could be no folder on Docker Hub: `localhost`, with a dot or a port. */
export function imageName(image: string): ImageName {
  const [named = '', ...digest] = image.split('@');
  const slash = named.lastIndexOf('/');
  // A colon before the last slash is of a port.
  const colon = named.indexOf(':', slash + 1);
  const path = colon === -1 ? named : named.slice(0, colon);
  const [first = '', ...rest] = path.split('/');
  const isRegistry = rest.length > 0 && (first === 'localhost' || /[.:]/.test(first));
  const registry = isRegistry ? first : DOCKER_HUB;
  const repository = isRegistry ? rest.join('/') : path;
  return {
    registry,
    repository: registry !== DOCKER_HUB || repository.includes('/') ? repository : `library/${repository}`,
    tag: colon === -1 ? null : named.slice(colon + 1),
    digest: digest.length === 0 ? null : digest.join('@'),
  };
}

/** How many digits a digest of these has. */
const DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha512: 128, blake3: 64 };

/** True for a digest that can be one: the algorithms that are registered are known by their length and lower case. */
export function isDigest(digest: string): boolean {
  const [, algorithm = '', encoded = ''] = /^([a-z0-9]+(?:[.+_-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/.exec(digest) ?? [];
  const digits = Object.hasOwn(DIGITS, algorithm) ? DIGITS[algorithm] : undefined;
  return digits === undefined ? encoded !== '' : encoded.length === digits && /^[a-f0-9]+$/.test(encoded);
}

/** `docker.io/library/nginx` */
export function fullName({ registry, repository }: ImageName): string {
  return `${registry}/${repository}`;
}
