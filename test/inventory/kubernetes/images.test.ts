import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/kubernetes/images.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { collectIn } from '../../support/kubernetes/inventory.ts';
import { pod, replicaSet, running } from '../../support/kubernetes/pods.ts';
import { ago, worldOf } from '../../support/kubernetes/world.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

const deployment = (image = 'registry.test/web:1'): StoredObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'prod', uid: 'uid-of-web' },
  spec: { template: { spec: { containers: [{ name: 'app', image }] } } },
});
const runs = (name: string, imageID: string, more: object = {}): StoredObject =>
  pod({ name, owner: 'ReplicaSet/web-1', statuses: [running({ imageID })], ...more });

async function look(...objects: readonly StoredObject[]) {
  return collectIn(worldOf(deployment(), replicaSet('web-1', 'web'), ...objects), source);
}

test('an image is what the template names and the digests that its pods run, however the node writes them', async () => {
  expect(
    await look(
      runs('web-1-a', `docker-pullable://registry.test/web@${B}`),
      runs('web-1-b', `mirror.test/web@${A}`),
      runs('web-1-c', A),
    ),
  ).toEqual({
    facts: {
      'image/prod/Deployment/web/app': { uid: 'uid-of-web', images: ['registry.test/web:1'], digests: [A, B] },
    },
    hidden: {},
  });
});

test('the order of pods, and their names, make no difference', async () => {
  const one = await look(runs('web-1-a', A), runs('web-1-b', B));
  expect(await look(runs('web-1-x', B), runs('web-1-y', A))).toEqual(one);
});

test('a container that no pod runs is no fact, and nothing is hidden', async () => {
  const nothing = { facts: {}, hidden: {} };
  expect(await look()).toEqual(nothing);
  expect(await look(runs('web-1-a', ''))).toEqual(nothing);
  expect(await look(runs('web-1-a', A, { metadata: { deletionTimestamp: ago(1) } }))).toEqual(nothing);
});

test('init containers count, debugging containers do not', async () => {
  const { facts } = await collectIn(
    worldOf(
      pod({
        name: 'alone',
        spec: {
          initContainers: [{ name: 'prepare', image: 'prepare:1' }],
          ephemeralContainers: [{ name: 'debug', image: 'busybox' }],
        },
        initStatuses: [running({ name: 'prepare', imageID: A })],
        statuses: [running({ imageID: B })],
        status: { ephemeralContainerStatuses: [running({ name: 'debug', imageID: B })] },
      }),
    ),
    source,
  );
  expect(facts).toEqual({
    'image/prod/Pod/alone/prepare': { uid: 'uid-of-alone', images: ['prepare:1'], digests: [A] },
    'image/prod/Pod/alone/app': { uid: 'uid-of-alone', images: ['registry.test/app:1'], digests: [B] },
  });
});

test('pods of another workload of that name in another namespace are not taken for its own', async () => {
  const { facts } = await look(runs('web-1-a', A), runs('web-1-a', B, { namespace: 'dev' }));
  expect(facts['image/prod/Deployment/web/app']).toMatchObject({ digests: [A] });
});

test('a list of workloads that could not be read hides all images', async () => {
  const world = worldOf(deployment(), runs('web-1-a', A));
  world.api.deny({ user: 'ana', resources: ['statefulsets.apps'] });
  expect((await collectIn(world, source)).hidden).toMatchObject({ 'image/*': 'FORBIDDEN' });
});
