import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hookedCatalog, type Hook } from '../../../support/gate/hooked-catalog.ts';
import { endOf, kubernetesHouse } from '../../../support/kubernetes/gate-house.ts';
import { policyDenies } from '../../../support/kubernetes/writable.ts';
import { deployment } from '../../../support/kubernetes/writable-world.ts';
import { tempFolder } from '../../../support/temp.ts';

const APPLY = 'kubernetes/apply-manifest';

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata:
  name: app-config
  labels: { app: web }
data:
  level: info
  password: hunter2-lab-only
`;

const FIVE = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { replicas: 5 }
`;

/** A manifest in a file of its own, and the parameters that name it. */
function given(text: string, more: object = {}): { readonly namespace: string; readonly file: string } {
  const file = join(tempFolder(), 'manifest.yaml');
  writeFileSync(file, text);
  return { namespace: 'prod', file, ...more };
}

test('makes what is not there, verifies that applying again would change nothing, and is undone by deleting it', async () => {
  await using house = await kubernetesHouse([]);
  const plan = await house.made(APPLY, given(CONFIG));
  expect(plan.sealed.steps[0]).toMatchObject({
    name: 'configmap/app-config',
    summary: 'Create ConfigMap app-config in prod by its manifest',
    before: { identity: null, rests: { kind: 'ConfigMap', name: 'app-config' } },
    after: { fields: { lost: 0, taken: 0 } },
    destructive: false,
    undo: { possible: true, words: 'delete what was made' },
  });
  expect(plan.bytes, 'no value of the data').not.toContain('hunter2');
  expect(house.api.object('ConfigMap', 'app-config', 'prod'), 'a dry run makes nothing').toBeNull();
  house.approved(plan);
  const done = (await house.pursued(plan)).plan;
  expect(done).toMatchObject({ status: 'verified', seen: ['It is as the file says.'] });
  expect(house.api.object('ConfigMap', 'app-config', 'prod')).toMatchObject({
    data: { level: 'info', password: 'hunter2-lab-only' },
    metadata: { labels: { app: 'web' }, managedFields: [{ manager: 'holdfast', operation: 'Apply' }] },
  });
  expect(endOf(await house.undone(done))).toBe('verified');
  expect(house.api.object('ConfigMap', 'app-config', 'prod')).toBeNull();
});

test('applied again is a noop; with another value it destroys what was there, and without a key it takes that away', async () => {
  await using house = await kubernetesHouse([]);
  await house.done(APPLY, given(CONFIG));
  expect((await house.made(APPLY, given(CONFIG))).status).toBe('noop');
  const changed = await house.made(APPLY, given(CONFIG.replace('level: info\n  ', '')));
  expect(changed.sealed.steps[0]).toMatchObject({
    destructive: true,
    after: { fields: { changes: 1, lost: 1 } },
    preview: { diff: ['~data.level is taken away (its value is not shown)'] },
    undo: { possible: false },
  });
  house.approved(changed);
  expect(endOf((await house.pursued(changed)).plan)).toBe('verified');
  expect(house.api.object('ConfigMap', 'app-config', 'prod')?.['data']).toEqual({ password: 'hunter2-lab-only' });
});

describe('fields that others own', () => {
  test('are a conflict, which names field and owner, and is refused', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    expect(await house.refusal(APPLY, given(FIVE))).toBe('FIELD_CONFLICT');
    expect(await house.refusalWords(APPLY, given(FIVE))).toContain(
      'Others own what it would set: .spec.replicas (conflict with "kubectl-client-side-apply" using apps/v1).',
    );
  });

  test('are taken over with force, and the plan shows whose they are', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(APPLY, given(FIVE, { force: true }));
    expect(plan.sealed.steps[0]).toMatchObject({
      after: { fields: { changes: 1, lost: 1, taken: 1, template: false } },
      risk: { level: 'high', reasons: ['1 fields are taken from others who own them'] },
    });
    expect(plan.sealed.steps[0]?.preview.diff.join('\n')).toContain('conflict with "kubectl-client-side-apply"');
    house.approved(plan);
    expect(endOf((await house.pursued(plan)).plan)).toBe('verified');
    expect(house.api.object('Deployment', 'web', 'prod')).toMatchObject({
      spec: { replicas: 5, selector: { matchLabels: { app: 'web' } } },
    });
  });

  test('of a thing that somebody made since are never taken over', async () => {
    const at: { hook: Hook } = { hook: () => undefined };
    await using house = await kubernetesHouse([], {
      catalog: (real) => hookedCatalog(real, (when, method) => at.hook(when, method)),
    });
    const plan = await house.made(APPLY, given(CONFIG, { force: true }));
    house.approved(plan);
    at.hook = (when, method) => {
      if (when === 'before' && method === 'apply')
        house.api.put({
          kind: 'ConfigMap',
          metadata: { name: 'app-config', namespace: 'prod' },
          data: { level: 'debug' },
        });
    };
    expect(endOf((await house.pursued(plan)).plan)).toBe('failed failed FIELD_CONFLICT');
    expect(house.api.object('ConfigMap', 'app-config', 'prod')?.['data']).toEqual({ level: 'debug' });
  });
});

describe('is stale, and changes nothing', () => {
  test('when the file was changed since', async () => {
    await using house = await kubernetesHouse([]);
    const params = given(CONFIG);
    const plan = await house.made(APPLY, params);
    house.approved(plan);
    writeFileSync(params.file, CONFIG.replace('info', 'debug'));
    expect(endOf((await house.pursued(plan)).plan)).toBe('stale');
    expect(house.api.writes()).toEqual([]);
  });

  test('when what is there was changed since', async () => {
    await using house = await kubernetesHouse([]);
    await house.done(APPLY, given(CONFIG));
    const plan = await house.made(APPLY, given(CONFIG.replace('info', 'debug')));
    house.approved(plan);
    house.api.edit('ConfigMap', 'app-config', 'prod', { data: { more: 'x' } });
    expect(endOf((await house.pursued(plan)).plan)).toBe('stale');
  });

  test('but not when an autoscaler moved replicas that the file does not set', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const labelled = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, labels: { team: shop } }\n';
    const plan = await house.made(APPLY, given(labelled));
    house.approved(plan);
    house.api.edit('Deployment', 'web', 'prod', { spec: { replicas: 6 } }, 'kube-controller-manager');
    expect(endOf((await house.pursued(plan)).plan)).toBe('verified');
    expect(house.api.object('Deployment', 'web', 'prod')).toMatchObject({
      spec: { replicas: 6 },
      metadata: { labels: { app: 'web', team: 'shop' } },
    });
  });
});

test('whose answer was lost is read: done where it was taken, failed where it was not', async () => {
  for (const applied of [true, false]) {
    await using house = await kubernetesHouse([]);
    const plan = await house.made(APPLY, given(CONFIG));
    house.approved(plan);
    house.api.fault({ kind: 'cut', applied });
    expect(endOf((await house.pursued(plan)).plan)).toBe(applied ? 'verified' : 'failed failed ECONNRESET');
    expect(house.api.writes()).toHaveLength(applied ? 1 : 0);
  }
});

test('what the server does not know, or does not admit, is invalid, with its words', async () => {
  await using house = await kubernetesHouse([]);
  expect(await house.refusalWords(APPLY, given(`${CONFIG}dta: {}\n`))).toContain(
    'strict decoding error: unknown field "dta"',
  );
  house.api.admit(() => policyDenies('configmaps', 'app-config', 'not on a Friday'));
  expect(await house.refusalWords(APPLY, given(CONFIG))).toContain('not on a Friday');
});

describe('a manifest that reaches beyond its pods is a high risk', () => {
  const deploymentOf = (spec: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: new }
spec:
  selector: { matchLabels: { app: new } }
  template:
    metadata: { labels: { app: new } }
    spec: ${spec}
`;
  test.each([
    [
      'privileged containers: a',
      deploymentOf('{ containers: [{ name: a, image: x, securityContext: { privileged: true } }] }'),
    ],
    [
      'its pods share of their node: hostNetwork',
      deploymentOf('{ hostNetwork: true, containers: [{ name: a, image: x }] }'),
    ],
    [
      'files of the node are mounted: /etc',
      deploymentOf('{ containers: [], volumes: [{ name: e, hostPath: { path: /etc } }] }'),
    ],
    [
      'it is a Service of type LoadBalancer: it may be reached from outside',
      'apiVersion: v1\nkind: Service\nmetadata: { name: new }\nspec: { type: LoadBalancer }\n',
    ],
  ])('%s', async (reason, text) => {
    await using house = await kubernetesHouse([]);
    expect((await house.made(APPLY, given(text))).sealed.risk).toEqual({ level: 'high', reasons: [reason] });
  });
});

describe('a file is refused', () => {
  const config = (rest: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n${rest}`;
  test.each([
    [
      'with a Secret',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: x }\n',
      'MANIFEST_REFUSED',
      'Secret is none of the kinds',
    ],
    [
      'with a right',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: x }\n',
      'MANIFEST_REFUSED',
      'ClusterRole is none',
    ],
    [
      'of another version',
      'apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: { name: x }\n',
      'MANIFEST_REFUSED',
      'is applied as apps/v1',
    ],
    [
      'of another namespace',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, namespace: dev }\n',
      'MANIFEST_REFUSED',
      'names the namespace dev',
    ],
    [
      'with a finalizer',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, finalizers: [a] }\n',
      'MANIFEST_REFUSED',
      'finalizers',
    ],
    ['with a status', config('status: {}\n'), 'MANIFEST_REFUSED', 'status'],
    ['with two objects', `${config('')}---\n${config('')}`, 'MANIFEST_INVALID', 'more than one object'],
    ['with a key twice', config('data: { a: "1", a: "2" }\n'), 'MANIFEST_INVALID', 'DUPLICATE_KEY), line 4'],
    ['with an alias', config('data: { a: &a "1", b: *a }\n'), 'MANIFEST_INVALID', 'alias'],
    ['with a tag', config('data: { a: !x 1 }\n'), 'MANIFEST_INVALID', ''],
    [
      'with what kubectl takes for false',
      config('data: { a: no }\n'),
      'MANIFEST_INVALID',
      'no means one thing to kubectl',
    ],
    ['with what kubectl takes for octal', config('data: { a: 0644 }\n'), 'MANIFEST_INVALID', '0644 means one thing'],
    ['that is empty', '', 'MANIFEST_INVALID', 'empty'],
    ['that is a list', '- a\n', 'MANIFEST_INVALID', 'no object with metadata'],
    [
      'whose name leads elsewhere',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ../x }\n',
      'MANIFEST_REFUSED',
      'no name',
    ],
  ])('%s', async (_name, text, code, words) => {
    await using house = await kubernetesHouse([]);
    expect(await house.refusal(APPLY, given(text))).toBe(code);
    expect(await house.refusalWords(APPLY, given(text))).toContain(words);
  });

  test('that is not there, or is a folder, or is too large', async () => {
    await using house = await kubernetesHouse([]);
    const folder = tempFolder();
    expect(await house.refusal(APPLY, { namespace: 'prod', file: join(folder, 'nope.yaml') })).toBe('ENOENT');
    expect(await house.refusal(APPLY, { namespace: 'prod', file: folder })).toBe('NOT_A_FILE');
    expect(await house.refusal(APPLY, given(`${CONFIG}# ${'x'.repeat(300_000)}\n`))).toBe('TOO_LARGE');
  });
});
