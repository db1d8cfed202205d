import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/posture-secrets.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { workloadOf } from '../../support/kubernetes/templates.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

/** Made up, of the shape that the scanners know. */
const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;

function configMap(data: Readonly<Record<string, string>>, name = 'settings', namespace = 'prod'): StoredObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

function withEnv(...env: readonly object[]): StoredObject {
  return workloadOf({ env });
}

async function rulesAt(objects: readonly StoredObject[], params: object = {}): Promise<readonly string[]> {
  const { drafts } = await worldOf(...objects).look(check, params);
  return drafts.map(({ discriminator }) => discriminator).toSorted();
}

describe('environment variables', () => {
  test('a value that looks like a secret is high, and stands nowhere in what is told', async () => {
    const look = await worldOf(withEnv({ name: 'PLAIN', value: TOKEN })).look(check, {});
    expect(said(look)).toEqual([
      'high secret-in-env: Deployment prod/web has secrets in plain environment variables: PLAIN of app',
    ]);
    expect(look.drafts[0]?.evidence[0]?.label).toBe('spec.template.spec.containers[0].env[0].value');
    expect(JSON.stringify(look)).not.toContain(TOKEN);
  });

  test.each([
    '---BEGIN OPENSSH PRIVATE KEY---\nxxxxx\n---END---',
    'Bearer abc123def456',
    'bearer abc123def456',
    'eyJhbGciOiJIUzI1NiJ9',
    Buffer.from(`token: ${TOKEN}\n`).toString('base64'),
  ])('a whole value %j is one under any name', async (value) => {
    expect(await rulesAt([withEnv({ name: 'PLAIN', value })])).toEqual(['secret-in-env']);
  });

  test.each(['DB_PASSWORD', 'API_KEY', 'apiToken', 'AWS_SECRET_ACCESS_KEY', 'AZURE_BATCH_KEY'])(
    'the name %s is medium, whatever its value looks like',
    async (name) => {
      expect(await rulesAt([withEnv({ name, value: 'hello' })])).toEqual(['secret-name-in-env']);
    },
  );

  test.each(['KEYBOARD', 'TOKEN_FILE', 'PASSWORD_POLICY', 'SECRET_NAME', 'PORT', 'SECRETARY', 'SORT_KEY'])(
    'the name %s says nothing of the kind',
    async (name) => {
      expect(await rulesAt([withEnv({ name, value: 'hello' })], { rules: ['default', 'maybe-secret-in-env'] })).toEqual(
        [],
      );
    },
  );

  test('a name that merely speaks of secrets is asked by name', async () => {
    const env = withEnv({ name: 'SECRET_BACKEND_MODE', value: 'vault' });
    expect(await rulesAt([withEnv({ name: 'SECRET_BLAH', value: 'vault' })])).toEqual([]);
    expect(
      await rulesAt([withEnv({ name: 'SECRET_BLAH', value: 'vault' })], { rules: ['maybe-secret-in-env'] }),
    ).toEqual(['maybe-secret-in-env']);
    expect(await rulesAt([env])).toEqual([]);
  });

  test('where a secret lies is no secret: a path under such a name', async () => {
    expect(
      await rulesAt([withEnv({ name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/var/secrets/key.json' })]),
    ).toEqual([]);
    expect(await rulesAt([withEnv({ name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '{}' })])).toEqual([
      'secret-name-in-env',
    ]);
  });

  test('a value that only begins with a slash is no path', async () => {
    expect(await rulesAt([withEnv({ name: 'DB_PASSWORD', value: '/Xy+z=' })])).toEqual(['secret-name-in-env']);
  });

  test('what is wrapped up as base64 and says nothing is none', async () => {
    expect(
      await rulesAt([withEnv({ name: 'PLAIN', value: Buffer.from('nothing to see here').toString('base64') })]),
    ).toEqual([]);
  });

  test('a value that takes for ever to look at neither stops the look nor is kept', async () => {
    const value = 'password=('.repeat(6_000);
    const look = await worldOf(withEnv({ name: 'PLAIN', value })).look(check, {});
    expect(look.observations.every(({ status }) => status === 'seen')).toBe(true);
    expect(JSON.stringify(look)).not.toContain('password=(');
  });

  test('an empty value, and one that is taken from a Secret, are none', async () => {
    const valueFrom = { secretKeyRef: { name: 'db', key: 'password' } };
    expect(await rulesAt([withEnv({ name: 'DB_PASSWORD', value: '' }, { name: 'API_TOKEN', valueFrom })])).toEqual([]);
  });

  test('names may be added, and excused', async () => {
    const env = withEnv({ name: 'LICENCE_BLOB', value: 'x' }, { name: 'DEMO_PASSWORD', value: 'x' });
    expect(said(await worldOf(env).look(check, { names: ['*_blob'], harmlessNames: ['DEMO_*'] }))).toEqual([
      'medium secret-name-in-env: Deployment prod/web has plain environment variables with names as of secrets: LICENCE_BLOB of app',
    ]);
  });

  test('those of init containers count', async () => {
    const init = { initContainers: [{ name: 'setup', env: [{ name: 'DB_PASSWORD', value: 'x' }] }] };
    expect(await rulesAt([workloadOf({}, init)])).toEqual(['secret-name-in-env']);
  });

  test('what is taken from Secrets is told by name alone', async () => {
    const from = workloadOf({
      env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'p' } } }],
      envFrom: [{ secretRef: { name: 'db' } }, { configMapRef: { name: 'settings' } }],
    });
    expect(await rulesAt([from])).toEqual([]);
    expect(await rulesAt([from], { rules: ['env-from-secret', 'env-from-secret-key'] })).toEqual([
      'env-from-secret',
      'env-from-secret-key',
    ]);
    expect(
      await rulesAt([workloadOf({ envFrom: [{ configMapRef: { name: 'x' } }] })], { rules: ['env-from-secret'] }),
    ).toEqual([]);
  });
});

test('a secret in a command line is high, and not shown', async () => {
  const look = await worldOf(workloadOf({ command: ['run'], args: [`--token=${TOKEN}`, '--verbose'] })).look(check, {});
  expect(look.drafts).toMatchObject([
    {
      discriminator: 'secret-in-command',
      severity: 'high',
      evidence: [{ label: 'spec.template.spec.containers[0].args[0]', value: '(withheld)' }],
    },
  ]);
  expect(JSON.stringify(look)).not.toContain(TOKEN);
});

describe('ConfigMaps', () => {
  test('a secret, and a key with such a name', async () => {
    const look = await worldOf(configMap({ 'app.yaml': `token: ${TOKEN}`, password: 'x', colour: 'red' })).look(
      check,
      {},
    );
    expect(said(look)).toEqual([
      'high secret-in-config-map: ConfigMap prod/settings holds secrets: app.yaml',
      'medium secret-name-in-config-map: ConfigMap prod/settings has keys with names as of secrets: password',
    ]);
    expect(JSON.stringify(look)).not.toContain(TOKEN);
  });

  test('a key that merely speaks of secrets is asked by name', async () => {
    const map = configMap({ tokenBucket: '5' });
    expect(await rulesAt([map])).toEqual([]);
    expect(await rulesAt([map], { rules: ['maybe-secret-in-config-map'] })).toEqual(['maybe-secret-in-config-map']);
  });

  test('an empty value, and the path of a file, are none', async () => {
    expect(await rulesAt([configMap({ password: '', credentials: '/var/secrets/db' })])).toEqual([]);
  });

  test('what Kubernetes makes itself, and the namespaces of the cluster, are left out', async () => {
    const system = configMap({ password: 'x' }, 'settings', 'kube-system');
    expect(await rulesAt([configMap({ 'ca.crt': 'x', token: 'x' }, 'kube-root-ca.crt'), system])).toEqual([]);
    expect(await rulesAt([system], { system: true })).toEqual(['secret-name-in-config-map']);
  });

  test('ConfigMaps that may not be read are hidden, and the rest is said', async () => {
    const world = worldOf(withEnv({ name: 'DB_PASSWORD', value: 'x' }), configMap({ password: 'x' }));
    world.api.deny({ user: 'ops-reader', resources: ['configmaps'] });
    const { observations, drafts } = await world.look(check, {});
    expect(drafts.map(({ discriminator }) => discriminator)).toEqual(['secret-name-in-env']);
    expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
      { resource: expect.stringMatching(/\/configmap\/\*$/) },
    ]);
  });
});

describe('mounts', () => {
  const volumes = [
    { name: 's', secret: { secretName: 'db' } },
    { name: 'c', configMap: { name: 'settings' } },
    { name: 'p', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'unused', configMap: { name: 'settings' } },
  ];
  const mounting = workloadOf(
    { volumeMounts: ['s', 'c', 'p'].map((name) => ({ name, mountPath: `/${name}` })) },
    { volumes },
  );
  const MOUNTS = { rules: ['mounts-secret', 'mounts-config-map', 'mounts-claim'] };
  const there = (namespace: string): readonly StoredObject[] => [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace } },
    configMap({}, 'settings', namespace),
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace } },
  ];

  test('what is mounted and there is told by name', async () => {
    expect(await rulesAt([mounting, ...there('prod')])).toEqual([]);
    expect(await rulesAt([mounting, ...there('prod')], MOUNTS)).toEqual([
      'mounts-claim',
      'mounts-config-map',
      'mounts-secret',
    ]);
    expect(await rulesAt([mounting, ...there('other')], MOUNTS)).toEqual([]);
  });

  test('Secrets are listed only for the rule that needs it', async () => {
    const world = worldOf(mounting);
    await world.look(check, {});
    expect(world.api.asked().some((path) => path.includes('/secrets'))).toBe(false);
    await world.look(check, { rules: ['mounts-secret'] });
    expect(world.api.asked().some((path) => path.includes('/secrets'))).toBe(true);
  });
});

test('a store outside of the cluster is asked for by name', async () => {
  const csi = { driver: 'secrets-store.csi.k8s.io', volumeAttributes: { secretProviderClass: 'vault' } };
  expect(
    await rulesAt([workloadOf({}, { volumes: [{ name: 'v', csi }] })], { rules: ['no-external-secrets'] }),
  ).toEqual([]);
  expect(await rulesAt([workloadOf({})], { rules: ['no-external-secrets'] })).toEqual(['no-external-secrets']);
});
