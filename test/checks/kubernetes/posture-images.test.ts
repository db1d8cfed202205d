import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/posture-images.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { cronJob, workloadOf } from '../../support/kubernetes/templates.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

const DIGEST = `sha256:${'a1'.repeat(32)}`;

async function rulesAt(object: StoredObject, params: object = {}): Promise<readonly string[]> {
  const { drafts } = await worldOf(object).look(check, params);
  return drafts.map(({ discriminator }) => discriminator).toSorted();
}

function of(image: string, params: object = {}, container: object = {}): Promise<readonly string[]> {
  return rulesAt(workloadOf({ image, ...container }), params);
}

describe('an image of no fixed version', () => {
  test.each(['nginx', 'nginx:latest', 'registry:5000/app', 'registry:5000/team/app:latest'])('%s', async (image) => {
    expect(await of(image)).toEqual(['latest-tag']);
  });

  test.each(['nginx:1.27', 'registry:5000/app:1', `nginx@${DIGEST}`, `nginx:latest@${DIGEST}`, 'app:latest-1.2'])(
    'not %s',
    async (image) => {
      expect(await of(image)).toEqual([]);
    },
  );

  test('says which container, with the field', async () => {
    const look = await worldOf(cronJob({ initContainers: [{ name: 'setup', image: 'busybox' }] })).look(check, {});
    expect(said(look)).toEqual(['medium latest-tag: CronJob prod/nightly runs images of no fixed version: setup']);
    expect(look.drafts[0]?.evidence).toEqual([
      {
        label: 'spec.jobTemplate.spec.template.spec.initContainers[0].image',
        value: 'busybox',
        source: 'CronJob prod/nightly',
      },
    ]);
  });

  test('a container that is given its image later says nothing', async () => {
    expect(await rulesAt(workloadOf({ image: undefined }))).toEqual([]);
    expect(await rulesAt(workloadOf({ image: '' }))).toEqual([]);
  });

  test('is worse where it is not pulled again', async () => {
    expect(await of('nginx', {}, { imagePullPolicy: 'IfNotPresent' })).toEqual(['latest-tag', 'stale-tag']);
    expect(await of('nginx', {}, { imagePullPolicy: 'Always' })).toEqual(['latest-tag']);
    expect(await of('nginx:1', {}, { imagePullPolicy: 'Never' })).toEqual([]);
    expect(await of('nginx:edge', { floatingTags: ['edge'] }, { imagePullPolicy: 'Never' })).toEqual(['stale-tag']);
    expect(await of(`nginx:edge@${DIGEST}`, { floatingTags: ['edge'] }, { imagePullPolicy: 'Never' })).toEqual([]);
  });
});

describe('registries', () => {
  test.each([
    ['ghcr.io/team/app:1', ['ghcr.io'], true],
    ['ghcr.io/team/app:1', ['ghcr.io/'], true],
    ['ghcr.io/team/app:1', ['ghcr.io/team'], true],
    ['ghcr.io/team-evil/app:1', ['ghcr.io/team'], false],
    ['ghcr.io.evil.test/app:1', ['ghcr.io'], false],
    ['nginx:1', ['ghcr.io', 'docker.io'], true],
    ['team/app:1', ['docker.io'], true],
    ['docker.io/team/app:1', ['team/app'], false],
    ['nginx:1', ['ghcr.io'], false],
    ['registry:5000/app:1', ['registry:5000'], true],
    ['registry:5000/app:1', ['registry'], true],
  ])('%s is of %j: %j', async (image, places, is) => {
    expect(await of(image, { blockedRegistries: places })).toEqual(is ? ['blocked-registry'] : []);
    expect(await of(image, { allowedRegistries: places })).toEqual(is ? [] : ['not-allowed-registry']);
  });

  test('without a list anything goes', async () => {
    expect(await of('evil.test/app:1')).toEqual([]);
  });

  test('what is gone is told: a frozen registry, and a controller that was retired', async () => {
    expect(await of('k8s.gcr.io/pause:3.2')).toEqual(['old-registry']);
    expect(await of('registry.k8s.io/pause:3.10')).toEqual([]);
    expect(await of('registry.k8s.io/ingress-nginx/controller:v1.11.3')).toEqual(['ingress-nginx-retired']);
    expect(await of('mirror.test:5000/k8s/ingress-nginx/controller:v1.11.3')).toEqual(['ingress-nginx-retired']);
    expect(await of('nginx/nginx-ingress:4.0')).toEqual([]);
  });
});

describe('by name', () => {
  test('images without a digest, or with one that is none', async () => {
    const rules = { rules: ['not-pinned'] };
    expect(await of('nginx:1.27', rules)).toEqual(['not-pinned']);
    expect(await of('nginx@sha256:abc', rules)).toEqual(['not-pinned']);
    expect(await of(`nginx:1@${DIGEST}`, rules)).toEqual([]);
    expect(await of('ours/app:1', { ...rules, unpinnedRepositories: ['ours'] })).toEqual([]);
    expect(await of('ours-too/app:1', { ...rules, unpinnedRepositories: ['ours'] })).toEqual(['not-pinned']);
  });

  test('a pull policy other than Always', async () => {
    const rules = { rules: ['pull-policy-not-always'] };
    expect(await of('nginx:1', rules)).toEqual(['pull-policy-not-always']);
    expect(await of('nginx:1', rules, { imagePullPolicy: 'Always' })).toEqual([]);
  });
});
