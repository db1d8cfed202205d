import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/posture-workloads.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { pod } from '../../support/kubernetes/pods.ts';
import { cronJob, ownedBy, workload, workloadOf } from '../../support/kubernetes/templates.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

/** Says nothing to any rule of the default. */
const HELD_IN = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** What the default tells in one finding, each part by itself. */
const ONE_BY_ONE = ['may-run-as-root', 'no-seccomp', 'privilege-escalation-not-prevented', 'writable-root-filesystem'];

async function rulesAt(objects: readonly StoredObject[], params: object = {}): Promise<readonly string[]> {
  const { drafts } = await worldOf(...objects).look(check, { rules: ['default', ...ONE_BY_ONE], ...params });
  return drafts.map(({ discriminator }) => discriminator).toSorted();
}

/** What is said of a container with this security context, beside what holds it in. */
function inContext(context: object, params: object = {}): Promise<readonly string[]> {
  return rulesAt([workloadOf({ securityContext: { ...HELD_IN, ...context } })], params);
}

test('a container that is held in is no finding, and not observed', async () => {
  const { drafts, observations } = await worldOf(workloadOf({ securityContext: HELD_IN })).look(check, {});
  expect(drafts).toEqual([]);
  expect(observations).toHaveLength(1);
});

test('a privileged container is critical, with the field that says so', async () => {
  const { drafts } = await worldOf(workloadOf({ securityContext: { ...HELD_IN, privileged: true } })).look(check, {});
  expect(drafts).toMatchObject([
    {
      discriminator: 'privileged',
      severity: 'critical',
      title: 'Deployment prod/web runs privileged containers: app',
      next: expect.stringContaining('kubectl get deployment/web -n prod -o yaml'),
      evidence: [{ label: 'spec.template.spec.containers[0].securityContext.privileged', value: true }],
    },
  ]);
});

describe('whose containers', () => {
  test.each([
    ['initContainers', 'spec.template.spec.initContainers[0].securityContext.privileged'],
    ['ephemeralContainers', 'spec.template.spec.ephemeralContainers[0].securityContext.privileged'],
  ])('%s are looked at as well', async (list, path) => {
    const { drafts } = await worldOf(
      workload({ [list]: [{ name: 'setup', securityContext: { ...HELD_IN, privileged: true } }] }),
    ).look(check, {});
    expect(drafts.map(({ evidence }) => evidence.map(({ label }) => label))).toEqual([[path]]);
  });

  test('those of a CronJob stand in the template of its job', async () => {
    const { drafts } = await worldOf(
      cronJob({ containers: [{ name: 'app', securityContext: { ...HELD_IN, privileged: true } }] }),
    ).look(check, {});
    expect(drafts[0]?.evidence[0]?.label).toBe(
      'spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged',
    );
  });
});

describe('a workload is told once, by the template at the top', () => {
  const bad = { containers: [{ name: 'app', securityContext: { ...HELD_IN, privileged: true } }] };
  const resources = async (objects: readonly StoredObject[], params: object = {}): Promise<readonly string[]> => {
    const { observations } = await worldOf(...objects).look(check, params);
    return observations.flatMap(({ resource }) =>
      resource.includes('/cluster/') ? [] : [resource.replace(/^[^/]*\//, '')],
    );
  };

  test('not its ReplicaSets and pods', async () => {
    const set = ownedBy('Deployment/web', workload(bad, { kind: 'ReplicaSet', name: 'web-5b8d' }));
    const one = pod({ name: 'web-5b8d-x', owner: 'ReplicaSet/web-5b8d', spec: bad });
    expect(await resources([workload(bad), set, one])).toEqual(['deployment/prod/web']);
  });

  test('an owner of another kind is told once for all of its pods', async () => {
    const old = ownedBy('Rollout/web', workload(bad, { kind: 'ReplicaSet', name: 'web-1', spec: { replicas: 0 } }));
    const now = ownedBy('Rollout/web', workload(bad, { kind: 'ReplicaSet', name: 'web-2', spec: { replicas: 2 } }));
    const pods = ['a', 'b'].map((end) => pod({ name: `web-2-${end}`, owner: 'ReplicaSet/web-2', spec: bad }));
    expect(await resources([old, now, ...pods])).toEqual(['rollout/prod/web']);
  });

  test('of an owner of another kind, the revision that runs is judged', async () => {
    const good = { containers: [{ name: 'app', securityContext: HELD_IN }] };
    const revisions = (old: object, now: object): readonly StoredObject[] => [
      ownedBy('Rollout/web', workload(old, { kind: 'ReplicaSet', name: 'web-1', spec: { replicas: 0 } })),
      ownedBy('Rollout/web', workload(now, { kind: 'ReplicaSet', name: 'web-2', spec: { replicas: 2 } })),
    ];
    expect(await resources(revisions(bad, good))).toEqual([]);
    expect(await resources(revisions(good, bad))).toEqual(['rollout/prod/web']);
  });

  test('a static pod is itself, not its node', async () => {
    expect(await resources([pod({ name: 'proxy-node-a', owner: 'Node/node-a', spec: bad })])).toEqual([
      'pod/prod/proxy-node-a',
    ]);
  });

  test('the jobs of a CronJob are the CronJob', async () => {
    const job = ownedBy('CronJob/nightly', workload(bad, { kind: 'Job', name: 'nightly-29' }));
    expect(
      await resources([cronJob(bad), job, pod({ name: 'nightly-29-x', owner: 'Job/nightly-29', spec: bad })]),
    ).toEqual(['cronjob/prod/nightly']);
  });

  test('a pod that has run to its end, and one that is being deleted, are no concern', async () => {
    expect(
      await resources([
        pod({ name: 'done', phase: 'Succeeded', spec: bad }),
        pod({ name: 'going', spec: bad, metadata: { deletionTimestamp: '2026-11-20T16:29:00Z' } }),
      ]),
    ).toEqual([]);
  });

  test('kube-system and its like only when asked for', async () => {
    const proxy = workload(bad, { kind: 'DaemonSet', name: 'kube-proxy', namespace: 'kube-system' });
    expect(await resources([proxy])).toEqual([]);
    expect(await resources([proxy], { system: true })).toEqual(['daemonset/kube-system/kube-proxy']);
  });

  test('DeploymentConfigs of OpenShift only when asked for', async () => {
    const config = { ...workload(bad), apiVersion: 'apps.openshift.io/v1', kind: 'DeploymentConfig' };
    const world = worldOf(config);
    expect((await world.look(check, {})).drafts).toEqual([]);
    expect(world.api.asked().some((path) => path.includes('openshift'))).toBe(false);
    expect(await resources([config], { openshift: true })).toEqual(['deploymentconfig/prod/web']);
  });
});

describe('users', () => {
  test('root that is asked for is high, root that an image may bring is medium', async () => {
    expect(await inContext({ runAsNonRoot: undefined, runAsUser: 0 })).toEqual(['runs-as-root']);
    expect(await inContext({ runAsNonRoot: undefined })).toEqual(['may-run-as-root']);
    expect(await inContext({ runAsNonRoot: false })).toEqual(['may-run-as-root']);
    expect(await inContext({ runAsNonRoot: undefined, runAsUser: 1000 })).toEqual([]);
  });

  test('what the pod says holds for containers that say nothing', async () => {
    const context = { ...HELD_IN, runAsNonRoot: undefined };
    const of = (pods: object, own: object = {}): Promise<readonly string[]> =>
      rulesAt([workloadOf({ securityContext: { ...context, ...own } }, { securityContext: pods })]);
    expect(await of({ runAsNonRoot: true })).toEqual([]);
    expect(await of({ runAsUser: 1000 })).toEqual([]);
    expect(await of({ runAsUser: 1000 }, { runAsUser: 0 })).toEqual(['runs-as-root']);
    expect(await of({ runAsNonRoot: true }, { runAsNonRoot: false })).toEqual(['may-run-as-root']);
    expect(await of({ runAsUser: 0 })).toEqual(['runs-as-root']);
  });

  test('root that the kubelet refuses to start is none', async () => {
    expect(await inContext({ runAsNonRoot: true, runAsUser: 0 })).toEqual([]);
  });

  test('the group of root is told where it is asked for, and elsewhere only by name', async () => {
    expect(await inContext({ runAsGroup: 0 })).toEqual(['root-group']);
    expect(await inContext({}, { rules: ['may-use-root-group'] })).toEqual(['may-use-root-group']);
    expect(
      await rulesAt([workloadOf({ securityContext: HELD_IN }, { securityContext: { supplementalGroups: [5, 0] } })]),
    ).toEqual(['root-supplemental-group']);
  });

  test.each([{ os: { name: 'windows' } }, { nodeSelector: { 'kubernetes.io/os': 'windows' } }])(
    'Windows knows no root, no capabilities and no seccomp: %j',
    async (where) => {
      expect(await rulesAt([workloadOf({}, where)])).toEqual([]);
      expect(await rulesAt([workloadOf({}, where)], { rules: ['no-windows-user', 'no-windows-account'] })).toEqual([
        'no-windows-account',
        'no-windows-user',
      ]);
    },
  );

  test.each([
    [{}, {}, true],
    [{ runAsUserName: 'ContainerUser' }, {}, false],
    [{}, { runAsUserName: 'ContainerUser' }, false],
    [{ runAsUserName: '' }, { runAsUserName: '' }, true],
    [{ gmsaCredentialSpecName: 'web' }, {}, true],
  ])('a user of Windows, of the pod %j or of a container %j, is missing: %j', async (ofPod, own, isMissing) => {
    const object = (podSpec: object): StoredObject =>
      workloadOf(
        { securityContext: { windowsOptions: own } },
        { ...podSpec, securityContext: { windowsOptions: ofPod } },
      );
    const rules = { rules: ['no-windows-user'] };
    expect(await rulesAt([object({ os: { name: 'windows' } })], rules)).toEqual(isMissing ? ['no-windows-user'] : []);
    expect(await rulesAt([object({})], rules)).toEqual([]);
  });

  test('a host process of Windows is critical, said of the pod or of a container', async () => {
    const windowsOptions = { hostProcess: true };
    expect(await rulesAt([workloadOf({}, { os: { name: 'windows' }, securityContext: { windowsOptions } })])).toEqual([
      'host-process',
    ]);
    expect(await rulesAt([workloadOf({ securityContext: { windowsOptions } }, { os: { name: 'windows' } })])).toEqual([
      'host-process',
    ]);
  });
});

describe('capabilities', () => {
  test.each([
    [['SYS_ADMIN'], ['adds-sys-admin']],
    [['CAP_SYS_ADMIN'], ['adds-sys-admin']],
    [['all'], ['adds-all-capabilities']],
    [['NET_RAW'], ['adds-net-raw']],
    [['SYS_PTRACE', 'NET_ADMIN'], ['adds-dangerous-capabilities']],
    [['NET_BIND_SERVICE', 'CHOWN'], []],
  ])('adding %j is %j', async (add, rules) => {
    expect(await inContext({ capabilities: { add, drop: ['ALL'] } })).toEqual(rules);
  });

  test('which are dangerous may be said', async () => {
    const capabilities = { add: ['SYS_TIME'] };
    expect(await inContext({ capabilities }, { dangerousCapabilities: ['sys_time'] })).toEqual([
      'adds-dangerous-capabilities',
    ]);
  });

  test.each([
    [{}, true],
    [{ drop: ['NET_RAW'] }, false],
    [{ drop: ['all'] }, false],
    [{ drop: ['ALL'], add: ['NET_RAW'] }, true],
  ])('by name, %j keeps NET_RAW: %j', async (capabilities, keeps) => {
    expect(await inContext({ capabilities }, { rules: ['keeps-net-raw'] })).toEqual(keeps ? ['keeps-net-raw'] : []);
  });

  const GIVEN =
    'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
      ' ',
    );

  test.each([
    [['ALL'], false],
    [GIVEN, false],
    [GIVEN.slice(1), true],
    [[], true],
  ])('by name, who drops %j keeps some: %j', async (drop, keeps) => {
    expect(await inContext({ capabilities: { drop } }, { rules: ['keeps-capabilities'] })).toEqual(
      keeps ? ['keeps-capabilities'] : [],
    );
  });

  test('privileges that may be gained are worse where they are asked for', async () => {
    expect(await inContext({ allowPrivilegeEscalation: true })).toEqual(['allows-privilege-escalation']);
    expect(await inContext({ allowPrivilegeEscalation: undefined })).toEqual(['privilege-escalation-not-prevented']);
  });
});

describe('the node', () => {
  const of = (podSpec: object, container: object = {}, params: object = {}): Promise<readonly string[]> =>
    rulesAt([workloadOf({ securityContext: HELD_IN, ...container }, podSpec)], params);
  const mounted = (path: string, readOnly?: boolean): Promise<readonly string[]> =>
    of(
      { volumes: [{ name: 'v', hostPath: { path } }] },
      { volumeMounts: [{ name: 'v', mountPath: '/x', ...(readOnly === undefined ? {} : { readOnly }) }] },
    );

  test('its namespaces', async () => {
    expect(await of({ hostPID: true, hostIPC: true, hostNetwork: true })).toEqual([
      'host-ipc',
      'host-network',
      'host-pid',
    ]);
    expect(await of({ hostPID: false, hostIPC: false, hostNetwork: false })).toEqual([]);
  });

  test('its ports; those that the API server wrote for its network are not told again', async () => {
    const ports = [
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 81, hostPort: 0 },
    ];
    expect(await of({}, { ports })).toEqual(['host-port']);
    expect(await of({ hostNetwork: true }, { ports })).toEqual(['host-network']);
  });

  test.each([
    ['/var/run/docker.sock', ['host-path-writable', 'runtime-socket']],
    ['/run/containerd/containerd.sock', ['host-path-writable', 'runtime-socket']],
    ['/run/k3s/containerd/containerd.sock', ['host-path-writable', 'runtime-socket']],
    ['/var/run/docker.sock.d/log', ['host-path-writable']],
    ['/opt/containerd.sock', ['host-path-writable', 'runtime-socket']],
    ['/etc', ['host-path-sensitive', 'host-path-writable']],
    ['/etc/', ['host-path-sensitive', 'host-path-writable']],
    ['//etc/./kubernetes/pki', ['host-path-sensitive', 'host-path-writable']],
    ['/home/ana/.ssh', ['host-path-sensitive', 'host-path-writable']],
    ['/home/ana/site', ['host-path-writable']],
    ['/', ['host-path-sensitive', 'host-path-writable']],
    ['/var/lib/kubelet/pods', ['host-path-sensitive', 'host-path-writable']],
    ['/root/.aws', ['host-path-sensitive', 'host-path-writable']],
    ['/data/etc', ['host-path-writable']],
    ['/etcetera', ['host-path-writable']],
  ])('its folder %s', async (path, rules) => {
    expect(await mounted(path)).toEqual(rules);
  });

  test('a folder that is only read is not written to', async () => {
    expect(await mounted('/data', true)).toEqual([]);
    expect(await mounted('/var/run/docker.sock', true)).toEqual(['runtime-socket']);
    expect(await mounted('/data', false)).toEqual(['host-path-writable']);
  });

  test('a volume that nobody mounts is told by name alone', async () => {
    const volumes = [{ name: 'v', hostPath: { path: '/data' } }];
    expect(await of({ volumes })).toEqual([]);
    expect(await of({ volumes }, {}, { rules: ['host-path'] })).toEqual(['host-path']);
  });

  test('whose credentials are looked for may be said', async () => {
    const volumes = [{ name: 'v', hostPath: { path: '/.aws/' } }];
    const volumeMounts = [{ name: 'v', mountPath: '/x', readOnly: true }];
    const rules = ['host-path-credentials'];
    expect(await of({ volumes }, { volumeMounts }, { rules })).toEqual([]);
    expect(await of({ volumes }, { volumeMounts }, { rules, clouds: ['gke'] })).toEqual([]);
    expect(await of({ volumes }, { volumeMounts }, { rules, clouds: ['gke', 'eks'] })).toEqual(rules);
  });
});

describe('what holds containers in', () => {
  test('seccomp: none is low, switched off is medium, and the pod’s profile is inherited', async () => {
    expect(await inContext({ seccompProfile: undefined })).toEqual(['no-seccomp']);
    expect(await inContext({ seccompProfile: { type: 'Unconfined' } })).toEqual(['seccomp-unconfined']);
    expect(await inContext({ seccompProfile: { type: 'Localhost' } })).toEqual([]);
    expect(
      await rulesAt([
        workloadOf(
          { securityContext: { ...HELD_IN, seccompProfile: undefined } },
          { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
        ),
      ]),
    ).toEqual([]);
  });

  test('/proc, the root filesystem and kernel parameters', async () => {
    expect(await inContext({ procMount: 'Unmasked' })).toEqual(['proc-mount']);
    expect(await inContext({ procMount: 'Default' })).toEqual([]);
    expect(await inContext({ readOnlyRootFilesystem: false })).toEqual(['writable-root-filesystem']);
    const sysctls = [
      { name: 'net.ipv4.tcp_syncookies', value: '1' },
      { name: 'kernel.sem', value: '1' },
    ];
    const { drafts } = await worldOf(workloadOf({ securityContext: HELD_IN }, { securityContext: { sysctls } })).look(
      check,
      {},
    );
    expect(drafts).toMatchObject([
      {
        discriminator: 'unsafe-sysctls',
        evidence: [{ label: 'spec.template.spec.securityContext.sysctls[1].name', value: 'kernel.sem' }],
      },
    ]);
  });

  test.each([
    [{}, {}, true],
    [{ capabilities: { drop: ['NET_RAW'] } }, {}, false],
    [{ capabilities: { drop: ['NET_RAW'], add: ['ALL'] } }, {}, true],
    [{ seLinuxOptions: { level: 's0' } }, {}, false],
    [{ appArmorProfile: { type: 'RuntimeDefault' } }, {}, false],
    [{ appArmorProfile: { type: 'Unconfined' } }, {}, true],
    [{}, { 'container.apparmor.security.beta.kubernetes.io/app': 'runtime/default' }, false],
    [{}, { 'container.apparmor.security.beta.kubernetes.io/other': 'runtime/default' }, true],
  ])('by name, %j with annotations %j is not held in: %j', async (securityContext, annotations, isBad) => {
    expect(await rulesAt([workloadOf({ securityContext }, {}, { annotations })], { rules: ['not-hardened'] })).toEqual(
      isBad ? ['not-hardened'] : [],
    );
  });
});

describe('by name, what a pod or its containers do not say', () => {
  const of = async (rule: string, pods: object, podSpec: object = {}): Promise<boolean> =>
    (await rulesAt([workloadOf({}, { ...podSpec, securityContext: pods })], { rules: [rule] })).length > 0;
  const windows = { os: { name: 'windows' } };

  test('anything for the pod as a whole', async () => {
    expect(await of('no-pod-security-context', {})).toBe(true);
    expect(await of('no-pod-security-context', { fsGroup: 0 })).toBe(false);
  });

  test('a group for its volumes', async () => {
    expect(await of('no-fs-group', {})).toBe(true);
    expect(await of('no-fs-group', { fsGroup: 0 })).toBe(false);
    expect(await of('no-fs-group', { fsGroup: -1 })).toBe(true);
    expect(await of('no-fs-group', {}, windows)).toBe(false);
  });

  test.each([
    [undefined, true],
    ['Always', false],
    ['OnRootMismatch', false],
    ['Sometimes', true],
  ])('when owners in volumes are changed: %j', async (fsGroupChangePolicy, isBad) => {
    expect(await of('no-fs-group-change-policy', { fsGroupChangePolicy })).toBe(isBad);
    expect(await of('no-fs-group-change-policy', { fsGroupChangePolicy }, windows)).toBe(false);
  });

  test('a label of SELinux', async () => {
    expect(await of('no-selinux-options', {})).toBe(true);
    expect(await of('no-selinux-options', { seLinuxOptions: {} })).toBe(false);
    expect(await of('no-selinux-options', {}, windows)).toBe(false);
  });

  test.each([
    ['Localhost', true],
    ['RuntimeDefault', false],
    ['Unconfined', false],
  ])('a seccomp profile of its own: %s', async (type, is) => {
    expect(await of('seccomp-of-its-own', { seccompProfile: { type } })).toBe(is);
    expect(await of('seccomp-of-its-own', {})).toBe(false);
  });
});

describe('ways in', () => {
  test.each([
    [{ command: ['sudo printenv'] }, ['sudo-entrypoint']],
    [{ command: ['/bin/sh', '-c'], args: ['cd /x && sudo run'] }, ['sudo-entrypoint']],
    [{ command: ['/usr/bin/sudo', 'x'] }, ['sudo-entrypoint']],
    [{ command: ['pseudo'], args: ['--no-sudoers', 'sudoku'] }, []],
    [{ ports: [{ containerPort: 22 }] }, ['ssh-port']],
    [{ ports: [{ containerPort: 22, protocol: 'UDP' }] }, []],
  ])('%j is %j', async (container, rules) => {
    expect(await rulesAt([workloadOf({ securityContext: HELD_IN, ...container })])).toEqual(rules);
  });

  test('ports below 1024 by name', async () => {
    expect(
      await rulesAt([workloadOf({ ports: [{ containerPort: 0 }, { containerPort: 1024 }] })], {
        rules: ['privileged-port'],
      }),
    ).toEqual([]);
    const ports = [{ containerPort: 1023 }, { containerPort: 1024 }];
    expect(await rulesAt([workloadOf({ securityContext: HELD_IN, ports })], { rules: ['privileged-port'] })).toEqual([
      'privileged-port',
    ]);
  });
});

test('several containers share a finding, and each is named in it', async () => {
  const securityContext = { ...HELD_IN, privileged: true };
  const world = worldOf(
    workload({
      containers: [
        { name: 'b', securityContext },
        { name: 'a', securityContext },
      ],
    }),
  );
  expect(said(await world.look(check, {}))).toEqual([
    'critical privileged: Deployment prod/web runs privileged containers: a, b',
  ]);
});

test('a name that looks like a place-holder stands as it is', async () => {
  const container = { name: "$'$&{object}", securityContext: { ...HELD_IN, privileged: true } };
  const { drafts } = await worldOf(workload({ containers: [container] })).look(check, {});
  expect(drafts[0]?.title).toBe("Deployment prod/web runs privileged containers: $'$&{object}");
});

test('names that can’t be shown are escaped', async () => {
  const container = { name: 'a\u001B[31m\nb', securityContext: { ...HELD_IN, privileged: true } };
  const { drafts } = await worldOf(workload({ containers: [container] })).look(check, {});
  expect(drafts[0]?.title).not.toMatch(/[\p{Cc}]/u);
});

describe('what could not be read is hidden, and nothing of it clean', () => {
  test('a list that is refused hides all that the check could say', async () => {
    const world = worldOf(workloadOf({ securityContext: HELD_IN }));
    world.api.deny({ user: 'ops-reader', resources: ['cronjobs.batch'] });
    const { observations } = await world.look(check, {});
    expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
      { resource: expect.stringMatching(/\/\*$/), failure: { code: 'FORBIDDEN' } },
    ]);
  });

  test('only the chosen namespaces are asked', async () => {
    const bad = { securityContext: { ...HELD_IN, privileged: true } };
    const world = worldOf(workloadOf(bad), workloadOf(bad, {}, { namespace: 'other' }));
    const { drafts } = await world.look(check, { namespaces: ['prod'] });
    expect(drafts.map(({ title }) => title)).toEqual(['Deployment prod/web runs privileged containers: app']);
  });
});

test('a rule can be left out, and asked alone', async () => {
  const bad = { privileged: true, runAsUser: 0, runAsNonRoot: false };
  expect(await inContext(bad, { rules: ['-privileged'] })).toEqual(['runs-as-root']);
  expect(await inContext(bad, { rules: ['privileged'] })).toEqual(['privileged']);
});

describe('what is left open by saying nothing', () => {
  const silent = workloadOf({}, { initContainers: [{ name: 'setup', securityContext: HELD_IN }] });

  test('is one low finding, which names each part once and every field', async () => {
    const { drafts } = await worldOf(silent).look(check, {});
    expect(drafts).toMatchObject([
      {
        discriminator: 'unrestrained',
        severity: 'low',
        title:
          'Deployment prod/web lets its containers be root if their images are, change the files of their images, gain privileges, make any system call',
      },
    ]);
    expect(
      drafts[0]?.evidence.map(({ label, value }) => `${label.replace(/^.*\./, '')} ${JSON.stringify(value)}`),
    ).toEqual([
      'allowPrivilegeEscalation null',
      'runAsNonRoot null',
      'runAsUser null',
      'seccompProfile null',
      'readOnlyRootFilesystem null',
    ]);
  });

  test('says only what is open', async () => {
    const open = workloadOf({ securityContext: { ...HELD_IN, readOnlyRootFilesystem: undefined } });
    expect(said(await worldOf(open).look(check, {}))).toEqual([
      'low unrestrained: Deployment prod/web lets its containers change the files of their images',
    ]);
  });

  test('is not told twice to who asks for each part', async () => {
    const all = await rulesAt([silent], { rules: ['all'] });
    expect(all).toEqual(expect.arrayContaining(ONE_BY_ONE));
    expect(all).not.toContain('unrestrained');
    expect(await rulesAt([silent], { rules: ['default', 'no-seccomp'] })).toEqual(['no-seccomp', 'unrestrained']);
  });
});
