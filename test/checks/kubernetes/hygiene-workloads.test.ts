import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/hygiene-workloads.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { pod } from '../../support/kubernetes/pods.ts';
import { cronJob, ownedBy, workload, workloadOf, type TemplateLike } from '../../support/kubernetes/templates.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

/** Asks for all that it needs. */
const RESOURCES = { resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } } };
const PROBED = { readinessProbe: { tcpSocket: { port: 8080 } } };

async function rulesAt(objects: readonly StoredObject[], params: object = {}): Promise<readonly string[]> {
  const { drafts } = await worldOf(...objects).look(check, params);
  return drafts.map(({ discriminator }) => discriminator).toSorted();
}

function of(container: object, podSpec: object = {}, like: TemplateLike = {}): StoredObject {
  return workloadOf({ ...RESOURCES, ...container }, podSpec, like);
}

/** What one rule says of a workload. */
async function byName(
  rule: string,
  object: StoredObject,
  params: object = {},
  ...more: readonly StoredObject[]
): Promise<boolean> {
  return (await rulesAt([object, ...more], { rules: [rule], ...params })).includes(rule);
}

test('a workload that says what it needs is no finding, and not observed', async () => {
  const { drafts, observations } = await worldOf(of({})).look(check, {});
  expect(drafts).toEqual([]);
  expect(observations).toHaveLength(1);
});

describe('resources', () => {
  test('what is left unsaid is one low finding, with every field', async () => {
    const look = await worldOf(workloadOf({})).look(check, {});
    expect(said(look)).toEqual([
      'low resources-unsaid: Deployment prod/web does not say how much CPU it needs, how much memory it may take, how much memory it needs',
    ]);
    expect(look.drafts[0]?.evidence.map(({ label }) => label)).toEqual([
      'spec.template.spec.containers[0].resources.requests.cpu',
      'spec.template.spec.containers[0].resources.requests.memory',
      'spec.template.spec.containers[0].resources.limits.memory',
    ]);
    expect(
      await rulesAt([workloadOf({})], { rules: ['no-cpu-request', 'no-memory-request', 'no-memory-limit'] }),
    ).toEqual(['no-cpu-request', 'no-memory-limit', 'no-memory-request']);
  });

  test('a request that is left out is as high as the limit', async () => {
    const limited = workloadOf({ resources: { limits: { cpu: '1', memory: '1Gi' } } });
    expect(await rulesAt([limited])).toEqual([]);
    expect(await rulesAt([limited], { rules: ['cpu-request-by-limit', 'memory-request-by-limit'] })).toEqual([
      'cpu-request-by-limit',
      'memory-request-by-limit',
    ]);
  });

  test('nothing is nothing, said or not', async () => {
    const object = workloadOf({ resources: { requests: { cpu: '0', memory: 0 }, limits: { memory: '0' } } });
    expect(await rulesAt([object])).toEqual(['resources-unsaid']);
  });

  test('what the pod says as a whole is said', async () => {
    expect(await rulesAt([workloadOf({}, RESOURCES)])).toEqual([]);
  });

  test('init containers need neither; sidecars do', async () => {
    expect(await rulesAt([of({}, { initContainers: [{ name: 'setup' }] })])).toEqual([]);
    expect(await rulesAt([of({}, { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] })])).toEqual([
      'resources-unsaid',
    ]);
  });

  test('what a LimitRange gives by default is not missing, in its own namespace', async () => {
    const range = (namespace: string, limit: object): StoredObject => ({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'defaults', namespace },
      spec: { limits: [{ type: 'Container', ...limit }] },
    });
    const all = { default: { cpu: '1', memory: '1Gi' } };
    expect(await rulesAt([workloadOf({}), range('prod', all)])).toEqual([]);
    expect(await rulesAt([workloadOf({}), range('other', all)])).toEqual(['resources-unsaid']);
    expect(await rulesAt([workloadOf({}), range('prod', { ...all, type: 'Pod' })])).toEqual(['resources-unsaid']);
    expect(
      said(await worldOf(workloadOf({}), range('prod', { defaultRequest: { cpu: '1' } })).look(check, {})),
    ).toEqual([
      'low resources-unsaid: Deployment prod/web does not say how much memory it may take, how much memory it needs',
    ]);
  });

  test('LimitRanges that may not be read hide what could be said', async () => {
    const world = worldOf(workloadOf({}));
    world.api.deny({ user: 'ops-reader', resources: ['limitranges'] });
    const { observations } = await world.look(check, {});
    expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
      { resource: expect.stringMatching(/^kubernetes:[^/]+\/\*$/) },
    ]);
  });

  test.each([
    [{ cpuLimit: { max: '1' } }, { limits: { cpu: '1000m' } }, false],
    [{ cpuLimit: { max: '1' } }, { limits: { cpu: '1.001' } }, true],
    [{ cpuRequest: { min: '50m' } }, { requests: { cpu: 0.05 } }, false],
    [{ cpuRequest: { min: '50m' } }, { requests: { cpu: '49m' } }, true],
    [{ memoryLimit: { min: '100Mi', max: '6G' } }, { limits: { memory: '104857600' } }, false],
    [{ memoryLimit: { min: '100Mi', max: '6G' } }, { limits: { memory: '104857599' } }, true],
    [{ memoryLimit: { max: '6G' } }, { limits: { memory: '6Gi' } }, true],
    [{ memoryRequest: { max: '1Gi' } }, { limits: { memory: '2Gi' } }, false],
  ])('bounds %j and %j: outside is %j', async (bounds, resources, isOutside) => {
    expect(await byName('resources-out-of-bounds', workloadOf({ resources }), { bounds })).toBe(isOutside);
  });

  test('a bound that is no quantity is refused', () => {
    expect(check.params.safeParse({ bounds: { cpuLimit: { max: 'much' } } }).success).toBe(false);
  });
});

describe('probes', () => {
  const service = (selector: object | undefined, namespace = 'prod'): StoredObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace },
    spec: selector === undefined ? {} : { selector },
  });

  test('behind a Service, one container must say when the pod is ready', async () => {
    expect(said(await worldOf(of({}), service({ app: 'web' })).look(check, {}))).toEqual([
      'medium serves-without-readiness-probe: Deployment prod/web is behind a Service and has no readiness probe: Service web',
    ]);
    expect(await rulesAt([of(PROBED), service({ app: 'web' })])).toEqual([]);
    const helped = workload({
      containers: [
        { name: 'app', ...RESOURCES, ...PROBED },
        { name: 'proxy', ...RESOURCES },
      ],
    });
    expect(await rulesAt([helped, service({ app: 'web' })])).toEqual([]);
  });

  test.each([
    ['of another workload', service({ app: 'other' })],
    ['of another namespace', service({ app: 'web' }, 'other')],
    ['without a selector', service(undefined)],
    ['with an empty selector', service({})],
  ])('not behind a Service %s', async (_name, other) => {
    expect(await rulesAt([of({}), other])).toEqual([]);
  });

  test('a job needs none, though a selector may fit it', async () => {
    const job = of({}, {}, { kind: 'Job', spec: { ttlSecondsAfterFinished: 60 } });
    expect(await rulesAt([job, service({ app: 'web' })])).toEqual([]);
    expect(await byName('no-readiness-probe', job)).toBe(false);
    expect(await byName('no-liveness-probe', job)).toBe(false);
  });

  test.each([
    [undefined, true],
    ['Always', true],
    ['OnFailure', false],
    ['Never', false],
  ])('a pod by itself with restartPolicy %j runs on: %j', async (restartPolicy, runsOn) => {
    const one = pod({ name: 'one', spec: { containers: [{ name: 'app', ...RESOURCES }], restartPolicy } });
    expect(await byName('no-liveness-probe', one)).toBe(runsOn);
    expect(await byName('job-may-hang', one)).toBe(!runsOn);
  });

  test('by name, each main container', async () => {
    expect(await byName('no-readiness-probe', of({}))).toBe(true);
    expect(await byName('no-readiness-probe', of(PROBED, { initContainers: [{ name: 'setup' }] }))).toBe(false);
    expect(await byName('no-liveness-probe', of(PROBED))).toBe(true);
    expect(await byName('no-liveness-probe', of({ livenessProbe: { exec: { command: ['true'] } } }))).toBe(false);
  });

  test('a job may hang unless something ends it', async () => {
    const containers = [{ name: 'app', ...RESOURCES }];
    expect(await byName('job-may-hang', cronJob({ containers }))).toBe(true);
    expect(await byName('job-may-hang', cronJob({ containers }, { activeDeadlineSeconds: 60 }))).toBe(false);
    expect(await byName('job-may-hang', cronJob({ containers, activeDeadlineSeconds: 60 }))).toBe(false);
    expect(await byName('job-may-hang', of({}))).toBe(false);
  });

  test.each([
    [{ httpGet: { port: 'http' } }, [], 'probe-port-unknown'],
    [{ httpGet: { port: 'http' } }, [{ name: 'http', containerPort: 80 }], null],
    [{ tcpSocket: { port: 'dns' } }, [{ name: 'dns', containerPort: 53, protocol: 'UDP' }], 'probe-port-unknown'],
    [{ httpGet: { port: 'http', host: 'other.test' } }, [], null],
    [{ httpGet: { port: 8080 } }, [], 'probe-port-undeclared'],
    [{ grpc: { port: 9090 } }, [{ containerPort: 8080 }], 'probe-port-undeclared'],
    [{ grpc: { port: 9090 } }, [{ containerPort: 9090 }], null],
    [{ exec: { command: ['true'] } }, [], null],
  ])('a probe %j with ports %j: %j', async (livenessProbe, ports, rule) => {
    const rules = { rules: ['probe-port-unknown', 'probe-port-undeclared'] };
    expect(await rulesAt([of({ livenessProbe, ports })], rules)).toEqual(rule === null ? [] : [rule]);
    expect(await rulesAt([of({ startupProbe: livenessProbe, ports })], rules)).toEqual(rule === null ? [] : [rule]);
  });

  test('of ports, the default tells those alone that can not work', async () => {
    expect(await rulesAt([of({ livenessProbe: { httpGet: { port: 8080 } } })])).toEqual([]);
    expect(await rulesAt([of({ livenessProbe: { httpGet: { port: 'http' } } })])).toEqual(['probe-port-unknown']);
  });
});

describe('the loss of a node', () => {
  const scaler = (minReplicas: number | undefined): StoredObject => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'prod' },
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      maxReplicas: 5,
      ...(minReplicas === undefined ? {} : { minReplicas }),
    },
  });

  test.each([
    [1, true],
    [undefined, true],
    [2, false],
    [0, false],
  ])('%j copies are too few: %j', async (replicas, are) => {
    const object = of({}, {}, { spec: replicas === undefined ? {} : { replicas } });
    expect(await byName('few-replicas', object)).toBe(are);
  });

  test('where a scaler decides, its minimum counts', async () => {
    const one = of({}, {}, { spec: { replicas: 1 } });
    expect(await byName('few-replicas', one, {}, scaler(2))).toBe(false);
    expect(await byName('few-replicas', { ...one, metadata: { name: 'api', namespace: 'prod' } }, {}, scaler(2))).toBe(
      true,
    );
    expect(await byName('few-replicas', of({}, {}, { spec: { replicas: 4 } }), {}, scaler(undefined))).toBe(true);
    expect(await byName('few-replicas', of({}, {}, { spec: { replicas: 2 } }), { minimumReplicas: 3 })).toBe(true);
    expect(await byName('few-replicas', of({}, {}, { kind: 'StatefulSet', spec: { replicas: 1 } }))).toBe(false);
  });

  const budget = (selector: object | undefined, namespace = 'prod'): StoredObject => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace },
    spec: selector === undefined ? {} : { selector },
  });

  test.each([
    [budget({ matchLabels: { app: 'web' } }), false],
    [budget({}), false],
    [budget({ matchLabels: { app: 'other' } }), true],
    [budget({ matchLabels: { app: 'web' } }, 'other'), true],
    [budget(undefined), true],
  ])('a budget that is about it: %#', async (object, isMissing) => {
    expect(await byName('no-disruption-budget', of({}), {}, object)).toBe(isMissing);
  });

  test('a workload without a budget is told with the labels that one would have to select', async () => {
    const evidence = async (labels: Readonly<Record<string, string>>): Promise<unknown> =>
      (await worldOf(of({}, {}, { labels })).look(check, { rules: ['no-disruption-budget'] })).drafts[0]?.evidence[0]
        ?.value;
    expect(await evidence({ app: 'web', tier: 'front' })).toBe('app=web, tier=front');
    expect(await evidence({})).toBeNull();
  });

  const apart = (term: object): object => ({
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
  });
  const own = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' };

  test.each([
    [{}, true],
    [apart(own), false],
    [apart({ ...own, labelSelector: { matchLabels: { app: 'other' } } }), true],
    [apart({ ...own, namespaces: ['other'] }), true],
    [apart({ ...own, namespaces: ['other', 'prod'] }), false],
    [apart({ ...own, namespaces: ['other'], namespaceSelector: {} }), false],
    [
      {
        affinity: {
          podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: own }] },
        },
      },
      false,
    ],
    [{ topologySpreadConstraints: [{ topologyKey: 'zone' }] }, false],
  ])('copies are kept apart by a rule of their own: %#', async (podSpec, isMissing) => {
    expect(await byName('no-anti-affinity', of({}, podSpec, { spec: { replicas: 2 } }))).toBe(isMissing);
  });

  test('one copy is apart already', async () => {
    expect(await byName('no-anti-affinity', of({}, {}, { spec: { replicas: 1 } }))).toBe(false);
  });

  test('spread, node affinity, strategy, priority and restarts by name', async () => {
    const plain = of({});
    expect(await byName('no-topology-spread', plain)).toBe(true);
    expect(await byName('no-topology-spread', cronJob({ containers: [] }))).toBe(false);
    expect(await byName('no-node-affinity', plain)).toBe(true);
    expect(await byName('no-node-affinity', of({}, { affinity: { nodeAffinity: {} } }))).toBe(false);
    expect(await byName('no-rolling-update', plain)).toBe(false);
    const updated = (type: string, kind?: 'DaemonSet'): StoredObject =>
      of({}, {}, { spec: { strategy: { type } }, ...(kind === undefined ? {} : { kind }) });
    expect(await byName('no-rolling-update', updated('Recreate'))).toBe(true);
    expect(await byName('no-rolling-update', updated('RollingUpdate'))).toBe(false);
    expect(await byName('no-rolling-update', updated('Rolling'))).toBe(false);
    expect(await byName('no-rolling-update', updated('Recreate', 'DaemonSet'))).toBe(false);
    expect(await byName('no-priority-class', plain)).toBe(true);
    expect(await byName('no-priority-class', of({}, { priorityClassName: 'high' }))).toBe(false);
    expect(await byName('never-restarted', plain)).toBe(false);
    expect(await byName('never-restarted', of({}, { restartPolicy: 'Never' }))).toBe(true);
  });

  test('a priority class that is not expected, where some are', async () => {
    const high = of({}, { priorityClassName: 'high' });
    expect(await rulesAt([high])).toEqual([]);
    expect(await rulesAt([high], { priorityClasses: ['low'] })).toEqual(['other-priority-class']);
    expect(await rulesAt([high, of({}, {}, { name: 'plain' })], { priorityClasses: ['high'] })).toEqual([]);
  });
});

describe('descriptions', () => {
  test('a variable that is set twice, with both places', async () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
      { name: 'A', value: '3' },
    ];
    const { drafts } = await worldOf(of({ env })).look(check, {});
    expect(drafts).toMatchObject([
      {
        discriminator: 'duplicate-env',
        evidence: [
          { label: 'spec.template.spec.containers[0].env[0].name', value: 'A' },
          { label: 'spec.template.spec.containers[0].env[2].name', value: 'A' },
        ],
      },
    ]);
  });

  test.each([
    [{ serviceAccount: 'ops', serviceAccountName: 'ops' }, false],
    [{ serviceAccount: 'ops' }, true],
    [{ serviceAccount: 'ops', serviceAccountName: 'other' }, true],
    [{ serviceAccountName: 'ops' }, false],
    [{ serviceAccount: '' }, false],
  ])('a service account named so %j is told: %j', async (podSpec, is) => {
    expect(await byName('deprecated-service-account', of({}, podSpec))).toBe(is);
  });

  test('a pod that nothing starts again; not a static one, nor one with an owner', async () => {
    expect(await byName('naked-pod', pod({ name: 'shell' }))).toBe(true);
    expect(await byName('naked-pod', pod({ name: 'web-1', owner: 'ReplicaSet/web' }))).toBe(false);
    expect(await byName('naked-pod', pod({ name: 'proxy-node-a', owner: 'Node/node-a' }))).toBe(false);
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
    expect(await byName('naked-pod', pod({ name: 'etcd-a', metadata: mirror }))).toBe(false);
  });

  test('a job that stays, also when it has run; of others that have run nothing is said', async () => {
    const done = { status: { conditions: [{ type: 'Complete', status: 'True' }] } };
    const job = workload({ containers: [{ name: 'app' }] }, { kind: 'Job', name: 'migrate' });
    expect(await rulesAt([{ ...job, ...done }])).toEqual(['job-without-ttl']);
    expect(await rulesAt([job])).toEqual(['job-without-ttl', 'resources-unsaid']);
    expect(await rulesAt([ownedBy('CronJob/gone', { ...job, ...done })])).toEqual([]);
    expect(await byName('job-without-ttl', workload({}, { kind: 'Job', spec: { ttlSecondsAfterFinished: 0 } }))).toBe(
      false,
    );
  });

  test.each([
    ['Complete', 'True', true],
    ['Failed', 'True', true],
    ['Complete', 'False', false],
    ['Suspended', 'True', false],
  ])('a job whose %s is %s has run: %j', async (type, status, hasRun) => {
    const job = workload({ containers: [{ name: 'app' }] }, { kind: 'Job', spec: { ttlSecondsAfterFinished: 60 } });
    expect(await rulesAt([{ ...job, status: { conditions: [{ type, status }] } }])).toEqual(
      hasRun ? [] : ['resources-unsaid'],
    );
  });

  test('CronJobs by name', async () => {
    expect(await byName('cron-job', cronJob({}))).toBe(true);
    expect(await byName('cron-job-with-ttl', cronJob({}))).toBe(false);
    expect(await byName('cron-job-with-ttl', cronJob({}, { ttlSecondsAfterFinished: 60 }))).toBe(true);
  });

  test('one of the common labels is enough, on the workload as on its pods', async () => {
    const labelled = (labels: Readonly<Record<string, string>>, own: object): StoredObject =>
      of({}, {}, { labels, metadata: { labels: own } });
    expect(await byName('no-common-label', labelled({ app: 'web' }, { app: 'web' }))).toBe(false);
    expect(await byName('no-common-label', labelled({ app: 'web' }, { tier: 'x' }))).toBe(true);
    expect(await byName('no-common-label', labelled({ tier: 'x' }, { app: 'web' }))).toBe(true);
    expect(await byName('no-common-label', labelled({ tier: 'x' }, { tier: 'x' }), { commonLabels: ['tier'] })).toBe(
      false,
    );
  });

  test('labels and annotations that are required', async () => {
    const object = of({}, {}, { metadata: { labels: { owner: 'a' }, annotations: { mail: 'a@b.test' } } });
    expect(await rulesAt([object], { requiredLabels: ['owner'], requiredAnnotations: ['mail'] })).toEqual([]);
    expect(
      said(await worldOf(object).look(check, { requiredLabels: ['team'], requiredAnnotations: ['pager'] })),
    ).toEqual([
      'low required-annotation-missing: Deployment prod/web lacks annotations that are required here: pager',
      'low required-label-missing: Deployment prod/web lacks labels that are required here: team',
    ]);
  });

  test('labels that should be the name, and the dots of a name in DNS', async () => {
    const named = of({}, {}, { metadata: { labels: { 'app.kubernetes.io/instance': 'web' } } });
    expect(await byName('label-is-not-name', named)).toBe(false);
    expect(await byName('label-is-not-name', of({}))).toBe(true);
    const dns = (value: string): object => ({ dnsConfig: { options: [{ name: 'ndots', value }] } });
    expect(await byName('other-ndots', of({}, dns('2')))).toBe(false);
    expect(await byName('other-ndots', of({}, dns('5')))).toBe(true);
    expect(await byName('other-ndots', of({}))).toBe(true);
  });
});

test('what no rule needs is not asked', async () => {
  const world = worldOf(of({}));
  await world.look(check, {});
  const asked = world.api.asked().join('\n');
  expect(asked).not.toContain('horizontalpodautoscalers');
  expect(asked).not.toContain('poddisruptionbudgets');
  expect(asked).toContain('limitranges');
});
