import { API_SERVER_RULES } from './api-server-rules.ts';
import { COMPONENTS } from './component-flags.ts';
import { above, is, isNot, isOff, isOpen, missing } from './flag-conditions.ts';
import type { FlagRule } from './flag-rule.ts';
import type { ChoosableRule } from './rule-choice.ts';

/** The controller manager and the scheduler: sections 1.3 and 1.4 of the CIS benchmark. */
const MANAGER_RULES: readonly FlagRule[] = [
  {
    component: 'kube-controller-manager',
    id: 'manager-shared-account',
    severity: 'medium',
    holds: isNot('use-service-account-credentials', 'true', 'false'),
    title: 'runs all controllers with the same rights',
    why: 'Each controller may then do what any of them needs.',
  },
  {
    component: 'kube-controller-manager',
    id: 'manager-no-account-key',
    severity: 'medium',
    holds: missing('service-account-private-key-file'),
    title: 'has no key to sign tokens of service accounts',
    why: 'Tokens can not be renewed with a key that was changed.',
  },
  {
    component: 'kube-controller-manager',
    id: 'manager-no-root-ca',
    severity: 'medium',
    holds: missing('root-ca-file'),
    title: 'gives pods no CA to verify the API server by',
    why: 'Pods then have to trust whoever answers in its name.',
  },
  {
    component: 'kube-controller-manager',
    id: 'manager-no-rotation',
    severity: 'medium',
    holds: isOff('RotateKubeletServerCertificate'),
    title: 'does not renew the certificates of kubelets',
    why: 'They expire, or are made to last for so long that a stolen one does too.',
  },
  {
    component: 'kube-controller-manager',
    id: 'manager-open',
    severity: 'low',
    holds: isOpen('bind-address'),
    title: 'listens on more than its own machine',
    why: 'Nothing but metrics and its health is served there, to whoever may read them; who need not, should not reach it.',
  },
  {
    component: 'kube-controller-manager',
    id: 'manager-profiling',
    severity: 'low',
    optional: true,
    holds: isNot('profiling', 'false', 'true'),
    title: 'lets its insides be looked at (profiling)',
    why: 'It tells of the program and its data, and costs time; it is rarely needed.',
  },
  {
    component: 'kube-controller-manager',
    id: 'manager-finished-pods',
    severity: 'info',
    optional: true,
    holds: above('terminated-pod-gc-threshold', 1_000, 12_500),
    title: 'keeps more than 1,000 pods that have ended',
    why: 'They fill the store and every list of pods.',
  },
  {
    component: 'kube-scheduler',
    id: 'scheduler-open',
    severity: 'low',
    holds: isOpen('bind-address'),
    title: 'listens on more than its own machine',
    why: 'Nothing but metrics and its health is served there, to whoever may read them; who need not, should not reach it.',
  },
  {
    component: 'kube-scheduler',
    id: 'scheduler-profiling',
    severity: 'low',
    optional: true,
    holds: isNot('profiling', 'false', 'true'),
    title: 'lets its insides be looked at (profiling)',
    why: 'It tells of the program and its data, and costs time; it is rarely needed.',
  },
];

/** The store: section 2 of the CIS benchmark. */
const ETCD_RULES: readonly FlagRule[] = [
  {
    component: 'etcd',
    id: 'etcd-no-certificate',
    severity: 'high',
    holds: missing('cert-file', 'key-file'),
    title: 'speaks with its clients without TLS',
    why: 'Everything that the cluster knows passes in the open, secrets among it.',
  },
  {
    component: 'etcd',
    id: 'etcd-open-to-clients',
    severity: 'high',
    holds: isNot('client-cert-auth', 'true', 'false'),
    title: 'lets clients in without a certificate',
    why: 'Whoever reaches it reads every secret, and makes himself an administrator.',
  },
  {
    component: 'etcd',
    id: 'etcd-auto-tls',
    severity: 'medium',
    holds: is('auto-tls', 'true'),
    title: 'makes certificates for itself that nobody can verify (auto TLS)',
    why: 'Clients can not tell it from somebody in between.',
  },
  {
    component: 'etcd',
    id: 'etcd-peers-no-certificate',
    severity: 'high',
    holds: missing('peer-cert-file', 'peer-key-file'),
    title: 'speaks with its peers without TLS',
    why: 'Everything that the cluster knows passes in the open, secrets among it.',
  },
  {
    component: 'etcd',
    id: 'etcd-open-to-peers',
    severity: 'high',
    holds: isNot('peer-client-cert-auth', 'true', 'false'),
    title: 'lets peers in without a certificate',
    why: 'Whoever reaches it can join, and has a copy of everything.',
  },
  {
    component: 'etcd',
    id: 'etcd-peers-auto-tls',
    severity: 'medium',
    holds: is('peer-auto-tls', 'true'),
    title: 'makes certificates for its peers that nobody can verify (auto TLS)',
    why: 'Peers can not tell each other from somebody in between.',
  },
];

export const FLAG_RULES: readonly FlagRule[] = [...API_SERVER_RULES, ...MANAGER_RULES, ...ETCD_RULES];

/** The store and the API server trust the same CA, so that any client of the one is let in by the other. */
export const SHARED_CA = {
  id: 'etcd-shared-ca',
  severity: 'medium',
  title: 'trusts the same CA as its counterpart ({about})',
  why: 'Every client certificate of the API server, those of kubelets too, opens the store past all roles.',
} as const;

/** What `kubernetes/posture-control-plane` says, by component. */
export const CONTROL_PLANE_RULES: readonly ChoosableRule[] = [
  ...FLAG_RULES.toSorted((one, other) => COMPONENTS.indexOf(one.component) - COMPONENTS.indexOf(other.component)),
  SHARED_CA,
].map(({ id, severity, title, why, ...rest }) => ({
  id,
  severity,
  title,
  why,
  next: 'See how it is started: kubectl get {object} -o yaml. It is set where it is installed, in the files that its node starts it from.',
  ...('optional' in rest && rest.optional ? { optional: true as const } : {}),
}));
