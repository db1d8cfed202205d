import { expect, test } from 'vitest';
import { fullName, imageName, isDigest } from '../../../src/checks/kubernetes/image-name.ts';

const SHA256 = 'a1'.repeat(32);

test.each([
  ['nginx', 'docker.io', 'library/nginx', null, null],
  ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', null],
  ['team/app', 'docker.io', 'team/app', null, null],
  ['docker.io/nginx', 'docker.io', 'library/nginx', null, null],
  ['registry:5000/app', 'registry:5000', 'app', null, null],
  ['registry:5000/app:2', 'registry:5000', 'app', '2', null],
  ['localhost/app', 'localhost', 'app', null, null],
  ['ghcr.io/team/app:1', 'ghcr.io', 'team/app', '1', null],
  [`nginx@sha256:${SHA256}`, 'docker.io', 'library/nginx', null, `sha256:${SHA256}`],
  [`r.test:443/a/b:1@sha256:${SHA256}`, 'r.test:443', 'a/b', '1', `sha256:${SHA256}`],
])('%s', (image, registry, repository, tag, digest) => {
  const name = imageName(image);
  expect(name).toEqual({ registry, repository, tag, digest });
  expect(fullName(name)).toBe(`${registry}/${repository}`);
});

test.each([
  [`sha256:${SHA256}`, true],
  [`sha256:${SHA256.toUpperCase()}`, false],
  [`sha256:${SHA256.slice(2)}`, false],
  [`sha512:${SHA256}`, false],
  [`sha512:${SHA256}${SHA256}`, true],
  ['multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8', true],
  ['sha256', false],
  ['', false],
])('%s is a digest: %j', (digest, is) => {
  expect(isDigest(digest)).toBe(is);
});
