import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/posture-control-plane.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { hasRecordings, recordedObjects } from '../../support/kubernetes/recorded.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

/** As kubeadm starts it, hardened: nothing is to be said of it. */
const API_SERVER = [
  'kube-apiserver',
  '--authorization-mode=Node,RBAC',
  '--enable-admission-plugins=NodeRestriction',
  '--client-ca-file=/pki/ca.crt',
  '--etcd-cafile=/pki/etcd/ca.crt',
  '--etcd-certfile=/pki/client.crt',
  '--etcd-keyfile=/pki/client.key',
  '--kubelet-client-certificate=/pki/kubelet.crt',
  '--kubelet-client-key=/pki/kubelet.key',
  '--service-account-key-file=/pki/sa.pub',
  '--tls-cert-file=/pki/apiserver.crt',
  '--tls-private-key-file=/pki/apiserver.key',
  '--audit-log-path=/var/log/audit.log',
  '--encryption-provider-config=/etc/encryption.yaml',
];
const MANAGER = [
  'kube-controller-manager',
  '--use-service-account-credentials=true',
  '--service-account-private-key-file=/pki/sa.key',
  '--root-ca-file=/pki/ca.crt',
  '--bind-address=127.0.0.1',
];
const SCHEDULER = ['kube-scheduler', '--bind-address=127.0.0.1'];
const ETCD = [
  'etcd',
  '--cert-file=/pki/server.crt',
  '--key-file=/pki/server.key',
  '--client-cert-auth=true',
  '--peer-cert-file=/pki/peer.crt',
  '--peer-key-file=/pki/peer.key',
  '--peer-client-cert-auth=true',
  '--trusted-ca-file=/pki/etcd/ca.crt',
];

function pod(command: readonly string[], more: object = {}, namespace = 'kube-system'): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${command[0]?.split('/').at(-1) ?? 'sh'}-node-a`, namespace },
    spec: { containers: [{ name: 'main', command, ...more }] },
  };
}

function without(command: readonly string[], flag: string): readonly string[] {
  return command.filter((word) => !word.startsWith(`--${flag}`));
}

async function rulesOf(objects: readonly StoredObject[], rules: readonly string[] = ['default']) {
  const { drafts } = await worldOf(...objects).look(check, { rules });
  return drafts.map(({ discriminator }) => discriminator).toSorted();
}

test('a control plane as it should be is no finding, and is seen', async () => {
  const look = await worldOf(pod(API_SERVER), pod(MANAGER), pod(SCHEDULER), pod(ETCD)).look(check);
  expect(said(look)).toEqual([]);
  expect(look.observations).toHaveLength(5);
});

describe.each([
  [API_SERVER, 'authorization-mode', ['api-always-allow', 'api-no-node-authorizer', 'api-no-rbac']],
  [API_SERVER, 'enable-admission-plugins', ['api-no-node-restriction']],
  [API_SERVER, 'client-ca-file', ['api-no-client-ca']],
  [API_SERVER, 'etcd-cafile', ['api-etcd-unverified']],
  [API_SERVER, 'etcd-certfile', ['api-etcd-without-certificate']],
  [API_SERVER, 'etcd-keyfile', ['api-etcd-without-certificate']],
  [API_SERVER, 'kubelet-client-key', ['api-no-kubelet-certificate']],
  [API_SERVER, 'service-account-key-file', ['api-no-account-key']],
  [API_SERVER, 'tls-private-key-file', ['api-no-tls-certificate']],
  [API_SERVER, 'audit-log-path', ['api-no-audit-log']],
  [API_SERVER, 'encryption-provider-config', ['api-secrets-unencrypted']],
  [MANAGER, 'use-service-account-credentials', ['manager-shared-account']],
  [MANAGER, 'service-account-private-key-file', ['manager-no-account-key']],
  [MANAGER, 'root-ca-file', ['manager-no-root-ca']],
  [MANAGER, 'bind-address', ['manager-open']],
  [SCHEDULER, 'bind-address', ['scheduler-open']],
  [ETCD, 'cert-file', ['etcd-no-certificate']],
  [ETCD, 'client-cert-auth', ['etcd-open-to-clients']],
  [ETCD, 'peer-key-file', ['etcd-peers-no-certificate']],
  [ETCD, 'peer-client-cert-auth', ['etcd-open-to-peers']],
])('%s', (command, flag, expected) => {
  test(`without --${flag}`, async () => {
    expect(await rulesOf([pod(without(command, flag))])).toEqual(expected);
  });
});

test.each([
  [API_SERVER, '--authorization-mode=AlwaysAllow,RBAC,Node', 'api-always-allow'],
  [API_SERVER, '--insecure-port=8080', 'api-insecure-port'],
  [API_SERVER, '--insecure-bind-address=0.0.0.0', 'api-insecure-bind-address'],
  [API_SERVER, '--token-auth-file=/tokens.csv', 'api-token-file'],
  [API_SERVER, '--basic-auth-file=/users.csv', 'api-password-file'],
  [API_SERVER, '--kubelet-https=false', 'api-kubelet-http'],
  [API_SERVER, '--enable-admission-plugins=NodeRestriction,AlwaysAdmit', 'api-always-admit'],
  [API_SERVER, '--disable-admission-plugins=ServiceAccount', 'api-service-account-admission-off'],
  [API_SERVER, '--disable-admission-plugins=PodSecurity,NamespaceLifecycle', 'api-namespace-admission-off'],
  [API_SERVER, '--secure-port=0', 'api-secure-port-off'],
  [API_SERVER, '--service-account-lookup=false', 'api-deleted-accounts-live'],
  [API_SERVER, '--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_RSA_WITH_RC4_128_SHA', 'api-weak-ciphers'],
  [MANAGER, '--feature-gates=A=true,RotateKubeletServerCertificate=false', 'manager-no-rotation'],
  [MANAGER, '--bind-address=10.0.0.1', 'manager-open'],
  [ETCD, '--auto-tls=true', 'etcd-auto-tls'],
  [ETCD, '--peer-auto-tls', 'etcd-peers-auto-tls'],
] as const)('%#: %s', async (command, flag, expected) => {
  const [name = ''] = flag.split('=');
  expect(await rulesOf([pod([...without(command, name.slice(2)), flag])])).toEqual([expected]);
});

test.each([
  ['--anonymous-auth=true', 'api-anonymous-auth', '--anonymous-auth=false'],
  ['--profiling=true', 'api-profiling', '--profiling=false'],
  ['--audit-log-maxage=7', 'api-audit-age', '--audit-log-maxage=30'],
  ['--audit-log-maxbackup=2', 'api-audit-backups', '--audit-log-maxbackup=10'],
  ['--audit-log-maxsize=10', 'api-audit-size', '--audit-log-maxsize=100'],
  ['--request-timeout=1m30s', 'api-request-timeout', '--request-timeout=1m'],
  ['--request-timeout=long', 'api-request-timeout', '--request-timeout=500ms'],
  ['--audit-policy-file=', 'api-no-audit-policy', '--audit-policy-file=/policy.yaml'],
  ['--enable-admission-plugins=A', 'api-no-event-limit', '--enable-admission-plugins=EventRateLimit'],
  ['--enable-admission-plugins=A', 'api-no-security-context-deny', '--enable-admission-plugins=PodSecurityPolicy'],
  ['--tls-min-version=VersionTLS12', 'api-ciphers-unset', '--tls-cipher-suites=TLS_AES_128_GCM_SHA256'],
])('asked for by name, %s is %s and %s is not', async (bad, rule, good) => {
  expect(await rulesOf([pod(['kube-apiserver', bad])], [rule])).toEqual([rule]);
  expect(await rulesOf([pod(['kube-apiserver', good])], [rule])).toEqual([]);
});

describe('how flags are written', () => {
  const open = { rules: ['api-insecure-port'] };

  test.each([
    ['with its value apart', pod(['kube-apiserver', '--insecure-port', '8080'])],
    ['in args', pod(['kube-apiserver'], { args: ['--insecure-port=8080'] })],
    [
      'in args alone',
      pod(['/usr/local/bin/kube-apiserver'], { command: undefined, args: ['kube-apiserver', '--insecure-port=8080'] }),
    ],
    ['with underscores', pod(['kube-apiserver', '--insecure_port=8080'])],
    ['through a shell', pod(['/bin/sh', '-c', 'exec kube-apiserver --v=2 --insecure-port=8080'])],
    ['through hyperkube', pod(['/hyperkube', 'kube-apiserver', '--insecure-port=8080'])],
    ['twice, of which the last counts', pod(['kube-apiserver', '--insecure-port=0', '--insecure-port=8080'])],
  ])('%s', async (_name, object) => {
    const { drafts } = await worldOf(object).look(check, open);
    expect(drafts.map(({ severity }) => severity)).toEqual(['critical']);
    expect(drafts[0]?.evidence[0]?.value).toBe('--insecure-port=8080');
  });

  test('the field is named', async () => {
    const { drafts } = await worldOf(pod(['kube-apiserver', '--v=2', '--insecure-port=8080'])).look(check, open);
    expect(drafts[0]?.evidence[0]?.label).toBe('spec.containers[0].command[2]');
  });
});

describe('what can not be known is not said', () => {
  test('authorization by a file', async () => {
    const command = [...without(API_SERVER, 'authorization-mode'), '--authorization-config=/authz.yaml'];
    expect(await rulesOf([pod(command)])).toEqual([]);
  });

  test('etcd by a file, or by variables', async () => {
    expect(await rulesOf([pod(['etcd', '--config-file=/etcd.yaml'])])).toEqual([]);
    const names = [
      'CERT_FILE',
      'KEY_FILE',
      'PEER_CERT_FILE',
      'PEER_KEY_FILE',
      'CLIENT_CERT_AUTH',
      'PEER_CLIENT_CERT_AUTH',
    ];
    const env = names.map((name) => ({ name: `ETCD_${name}`, value: 'x' }));
    expect(await rulesOf([pod(['etcd'], { env })])).toEqual([]);
  });

  test('no control plane that can be seen: nothing but a word about that', async () => {
    const { observations, drafts } = await worldOf(pod(['nginx'])).look(check);
    expect(drafts).toEqual([]);
    const seen = observations.flatMap((each) => (each.status === 'seen' ? [each] : []));
    expect(check.summary?.(seen)).toBe('No pods of a control plane can be seen here.');
  });

  test('a pod by that name elsewhere is not the control plane, nor is one by its labels', async () => {
    expect(await rulesOf([pod(['kube-apiserver'], {}, 'shop')])).toEqual([]);
    const labelled = {
      ...pod(['nginx']),
      metadata: { name: 'x', namespace: 'kube-system', labels: { component: 'etcd' } },
    };
    expect(await rulesOf([labelled])).toEqual([]);
  });
});

test('one CA for the store and the API server is told of both', async () => {
  const etcd = [...without(ETCD, 'trusted-ca-file'), '--trusted-ca-file=/pki/ca.crt'];
  expect(said(await worldOf(pod(API_SERVER), pod(etcd)).look(check))).toEqual([
    'medium etcd-shared-ca: Pod kube-system/etcd-node-a trusts the same CA as its counterpart (kube-apiserver)',
    'medium etcd-shared-ca: Pod kube-system/kube-apiserver-node-a trusts the same CA as its counterpart (etcd)',
  ]);
});

test('pods that may not be read are unknown', async () => {
  const world = worldOf(pod(['etcd']));
  world.api.deny({ user: 'viewer', resources: ['pods'] });
  const { drafts, observations } = await world.look(check);
  expect(drafts).toEqual([]);
  expect(observations.filter(({ status }) => status === 'unknown')).toHaveLength(1);
});

test.skipIf(!hasRecordings)('the recorded cluster shows none', async () => {
  expect(said(await worldOf(...recordedObjects()).look(check))).toEqual([]);
});
