import { describe, expect, test } from 'vitest';
import { hookedCatalog, type Hook } from '../../../support/gate/hooked-catalog.ts';
import type { StoredObject } from '../../../support/kubernetes/api.ts';
import { endOf, kubernetesHouse, type KubernetesHouse } from '../../../support/kubernetes/gate-house.ts';
import { deployment } from '../../../support/kubernetes/writable-world.ts';

const UNDO = 'kubernetes/undo-rollout';
const TO_FIRST = { namespace: 'prod', name: 'web', revision: 1 };

/** A Deployment whose image was changed once: revision 1 had 1.4.2, revision 2 has 1.4.3. */
async function twoRevisions(catalog?: Parameters<typeof kubernetesHouse>[1]): Promise<KubernetesHouse> {
  const house = await kubernetesHouse([deployment('web')], catalog);
  house.api.edit('Deployment', 'web', 'prod', {
    spec: { template: { spec: { containers: [{ name: 'web', image: 'registry.lab/web:1.4.3' }] } } },
  });
  return house;
}

interface Template {
  readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
}

function imageOf({ api }: KubernetesHouse): string | undefined {
  return (api.object('Deployment', 'web', 'prod')?.['spec'] as Template | undefined)?.template.spec.containers[0]
    ?.image;
}

test('puts the template of the revision back, verifies it, and is undone by going to the one there was', async () => {
  await using house = await twoRevisions();
  const plan = await house.made(UNDO, TO_FIRST);
  expect(plan.sealed.steps[0]).toMatchObject({
    summary: 'Go back from revision 2 to 1 of web',
    before: { rests: { revision: 2 } },
    undo: { possible: true, words: 'go back to revision 2 (recorded)' },
    preview: {
      by: 'server',
      diff: [
        '-spec.template.spec.containers[web].image: "registry.lab/web:1.4.3"',
        '+spec.template.spec.containers[web].image: "registry.lab/web:1.4.2"',
      ],
    },
  });
  house.approved(plan);
  const done = (await house.pursued(plan)).plan;
  expect(endOf(done)).toBe('verified');
  expect(imageOf(house)).toBe('registry.lab/web:1.4.2');
  expect(house.api.writes()).toEqual([{ verb: 'patch', object: 'Deployment prod/web' }]);
  expect(endOf(await house.undone(done))).toBe('verified');
  expect(imageOf(house)).toBe('registry.lab/web:1.4.3');
});

test('replaces the template as a whole: what the newer one added goes', async () => {
  await using house = await twoRevisions();
  house.api.edit('Deployment', 'web', 'prod', { spec: { template: { spec: { hostNetwork: true } } } });
  expect(endOf(await house.done(UNDO, TO_FIRST))).toBe('verified');
  expect(JSON.stringify(house.api.object('Deployment', 'web', 'prod'))).not.toContain('"hostNetwork":true');
});

test('a plan holds no value of a template', async () => {
  await using house = await twoRevisions();
  house.api.edit('Deployment', 'web', 'prod', {
    spec: {
      template: { spec: { containers: [{ name: 'web', env: [{ name: 'DB_PASSWORD', value: 'correct-horse' }] }] } },
    },
  });
  const { bytes, sealed } = await house.made(UNDO, TO_FIRST);
  expect(bytes).not.toMatch(/hunter2|correct-horse/);
  expect(sealed.steps[0]?.preview.diff).toContain(
    '~spec.template.spec.containers[web].env[DB_PASSWORD].value is changed (its value is not shown)',
  );
});

describe('refuses', () => {
  test('a revision that is not kept, and says which are', async () => {
    await using house = await twoRevisions();
    expect(await house.refusalWords(UNDO, { ...TO_FIRST, revision: 9 })).toBe(
      'There is no revision 9 of web; kept are: 2, 1.',
    );
  });

  test('what is paused', async () => {
    await using house = await twoRevisions();
    house.api.edit('Deployment', 'web', 'prod', { spec: { paused: true } });
    expect(await house.refusal(UNDO, TO_FIRST)).toBe('PAUSED');
  });
});

test('to the revision that it has is a noop', async () => {
  await using house = await twoRevisions();
  expect((await house.made(UNDO, { ...TO_FIRST, revision: 2 })).status).toBe('noop');
});

test('is stale when the template was changed since', async () => {
  await using house = await twoRevisions();
  const plan = await house.made(UNDO, TO_FIRST);
  house.approved(plan);
  house.api.edit('Deployment', 'web', 'prod', { spec: { template: { spec: { hostPID: true } } } });
  expect(endOf((await house.pursued(plan)).plan)).toBe('stale');
});

test('writes nothing when the revision is another one than was sealed, right before the call', async () => {
  const at: { hook: Hook } = { hook: () => undefined };
  await using house = await twoRevisions({
    catalog: (real) => hookedCatalog(real, (when, method) => at.hook(when, method)),
  });
  const plan = await house.made(UNDO, TO_FIRST);
  house.approved(plan);
  at.hook = (when, method) => {
    if (when !== 'before' || method !== 'apply') return;
    const listed = house.api.reading.answer({ method: 'GET', path: '/apis/apps/v1/namespaces/prod/replicasets' });
    for (const item of (JSON.parse(listed.body) as { items: StoredObject[] }).items) {
      const poisoned = JSON.stringify(item).replaceAll('registry.lab/web:1.4.2', 'evil.example/web:1');
      house.api.reading.put({ ...(JSON.parse(poisoned) as StoredObject), kind: 'ReplicaSet' });
    }
  };
  expect(endOf((await house.pursued(plan)).plan)).toBe('failed moved MOVED');
  expect(house.api.writes()).toEqual([]);
});

test('whose answer was lost is read: done where it was taken, failed where it was not', async () => {
  for (const applied of [true, false]) {
    await using house = await twoRevisions();
    const plan = await house.made(UNDO, TO_FIRST);
    house.approved(plan);
    house.api.fault({ kind: 'cut', applied });
    expect(endOf((await house.pursued(plan)).plan)).toBe(applied ? 'verified' : 'failed failed ECONNRESET');
  }
});

test('of a StatefulSet reads its ControllerRevisions', async () => {
  const set: StoredObject = {
    ...deployment('db', { metadata: { uid: 'uid-of-db' }, image: 'registry.lab/db:2' }),
    kind: 'StatefulSet',
  };
  await using house = await kubernetesHouse([set]);
  const now = (set['spec'] as { readonly template: object }).template;
  const earlier = JSON.parse(JSON.stringify(now).replace('registry.lab/db:2', 'registry.lab/db:1')) as object;
  const revision = (number: number, template: object) => ({
    metadata: { name: `db-${number}`, namespace: 'prod', ownerReferences: [{ uid: 'uid-of-db', controller: true }] },
    revision: number,
    data: { spec: { template: { $patch: 'replace', ...template } } },
  });
  const foreign = {
    ...revision(1, now),
    metadata: { name: 'x', ownerReferences: [{ uid: 'another', controller: true }] },
  };
  house.api.reading.say('/apis/apps/v1/namespaces/prod/controllerrevisions?labelSelector=app%3Ddb', {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'ControllerRevisionList', items: [foreign, revision(1, earlier), revision(2, now)] }),
  });
  const plan = await house.made(UNDO, { namespace: 'prod', name: 'db', kind: 'StatefulSet', revision: 1 });
  expect(plan.sealed.steps[0]).toMatchObject({ summary: 'Go back from revision 2 to 1 of db' });
  house.approved(plan);
  expect(endOf((await house.pursued(plan)).plan)).toBe('verified');
  expect(JSON.stringify(house.api.object('StatefulSet', 'db', 'prod'))).toContain('registry.lab/db:1');
});
