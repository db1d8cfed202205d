import type { Severity } from '../../domain/severity.ts';
import type { ChoosableRule } from './rule-choice.ts';

/** Ends the id of what a RoleBinding gives: the same right, in one namespace. */
export const IN_NAMESPACE = '-in-namespace';

const SEE_BINDING =
  'See who is bound, and to what: kubectl get {object} -o yaml. What the role allows: kubectl describe of its roleRef.';

interface RightInWords {
  readonly id: string;
  /** `read secrets`: after "lets … ". */
  readonly may: string;
  readonly why: string;
  /** null: only when it is asked for. */
  readonly severity: Severity;
  readonly optional?: true;
  readonly inNamespace: Severity;
  readonly optionalInNamespace?: true;
}

const RIGHTS: readonly RightInWords[] = [
  {
    id: 'cluster-admin',
    may: 'do everything (cluster-admin)',
    severity: 'critical',
    inNamespace: 'medium',
    why: 'Whoever holds this identity, or a token of it, owns what it reaches: every secret, every workload, and all rights.',
  },
  {
    id: 'administer',
    may: 'do everything',
    severity: 'critical',
    inNamespace: 'medium',
    why: 'Whoever holds this identity, or a token of it, owns what it reaches: every secret, every workload, and all rights.',
  },
  {
    id: 'administer-core',
    may: 'do everything with the core resources (pods, secrets, nodes)',
    severity: 'critical',
    inNamespace: 'medium',
    why: 'Pods and secrets are enough to become whoever runs there, which in the whole cluster is as good as administering it.',
  },
  {
    id: 'read-secrets',
    may: 'read secrets',
    severity: 'high',
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'Secrets hold passwords and tokens of others: to list them is to read them, values and all.',
  },
  {
    id: 'escalate-roles',
    may: 'bind roles, or widen them, beyond their own rights',
    severity: 'critical',
    inNamespace: 'medium',
    why: '"bind" and "escalate" switch off the guard that nobody can give rights that they do not hold.',
  },
  {
    id: 'impersonate',
    may: 'act as other users and groups',
    severity: 'critical',
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'Impersonation takes on the rights of whoever is named, administrators too, and the audit log has to be read with care to see who it was.',
  },
  {
    id: 'impersonate-accounts',
    may: 'act as service accounts',
    severity: 'high',
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'Impersonation takes on the rights of whichever account is named; in the whole cluster, those of controllers too.',
  },
  {
    id: 'create-pods',
    may: 'create pods',
    severity: 'high',
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'A pod can run as any service account of its namespace and mount its secrets and, where nothing forbids it, the node.',
  },
  {
    id: 'create-workloads',
    may: 'create or change workloads',
    severity: 'medium',
    optional: true,
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'What makes pods can do what pods can: run as any service account of its namespace and mount its secrets.',
  },
  {
    id: 'reach-kubelets',
    may: 'reach kubelets through the API (nodes/proxy)',
    severity: 'high',
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'The kubelet runs commands in any pod of its node, past admission and past the audit log; reading (get) is enough for it.',
  },
  {
    id: 'approve-certificates',
    may: 'approve certificate signing requests',
    severity: 'high',
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'A certificate that is approved makes its owner a user of any name and of any group that is not guarded.',
  },
  {
    id: 'create-tokens',
    may: 'make tokens of service accounts',
    severity: 'high',
    inNamespace: 'medium',
    optionalInNamespace: true,
    why: 'A token is the service account: all that it may do, outside of the cluster as well.',
  },
  {
    id: 'change-webhooks',
    may: 'change admission webhooks',
    severity: 'medium',
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'A mutating webhook sees and changes everything that is created, secrets among it; a validating one can be switched off.',
  },
  {
    id: 'exec',
    may: 'run commands in pods (exec, attach)',
    severity: 'medium',
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'In a container, commands see its secrets and act as its service account, and little of it is logged.',
  },
  {
    id: 'port-forward',
    may: 'forward ports into pods',
    severity: 'low',
    optional: true,
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'It reaches what network policies shut off, through the API server.',
  },
  {
    id: 'create-volumes',
    may: 'create persistent volumes',
    severity: 'medium',
    optional: true,
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'A volume can be a path of the node (hostPath), past the rules for pods.',
  },
  {
    id: 'delete-events',
    may: 'delete events',
    severity: 'low',
    optional: true,
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'Events are traces of what happened; who deletes them hides it.',
  },
  {
    id: 'delete-workloads',
    may: 'delete workloads, Services or secrets',
    severity: 'low',
    optional: true,
    inNamespace: 'low',
    optionalInNamespace: true,
    why: 'A slip or a stolen token can take down what runs.',
  },
  {
    id: 'change-dns',
    may: 'change the ConfigMap of the cluster DNS',
    severity: 'medium',
    optional: true,
    inNamespace: 'medium',
    optionalInNamespace: true,
    why: 'Who writes the configuration of CoreDNS decides where names lead, and so who hears what is sent.',
  },
];

function ofCluster({ id, may, why, severity, optional }: RightInWords): ChoosableRule {
  const title = `lets {about} ${may} in the whole cluster`;
  return { id, severity, title, why, next: SEE_BINDING, ...(optional ? { optional } : {}) };
}

function ofNamespace({ id, may, why, inNamespace, optionalInNamespace }: RightInWords): ChoosableRule {
  const title = `lets {about} ${may} in its namespace`;
  return {
    id: `${id}${IN_NAMESPACE}`,
    severity: inNamespace,
    title,
    why,
    next: SEE_BINDING,
    ...(optionalInNamespace ? { optional: true } : {}),
  };
}

/** What is said of who is bound, whatever the role allows. */
const OF_SUBJECTS: readonly ChoosableRule[] = [
  {
    id: 'anonymous',
    severity: 'critical',
    title: 'gives rights to {about}, which is anybody',
    why: 'Requests without any credentials have these rights: whoever reaches the API server can use them.',
    next: SEE_BINDING,
  },
  {
    id: 'everyone-at-workloads',
    severity: 'high',
    title: 'gives {about} rights on pods, workloads, nodes or secrets',
    why: 'Everybody who can log in has them, every service account of every pod among them; with some providers, any account of the provider.',
    next: SEE_BINDING,
  },
  {
    id: 'everyone',
    severity: 'medium',
    title: 'gives rights to {about}, which is everybody who logs in',
    why: 'Every service account of every pod is among them; with some providers, any account of the provider.',
    next: SEE_BINDING,
  },
  {
    id: 'all-service-accounts',
    severity: 'medium',
    title: 'gives rights to {about}, which is every service account',
    why: 'Every pod that has a token has these rights, those that are installed tomorrow too.',
    next: SEE_BINDING,
  },
  {
    id: 'missing-role',
    severity: 'low',
    optional: true,
    title: 'binds to a role that does not exist: {about}',
    why: 'It gives nothing today; whoever makes a role of that name gives it to all that are bound here.',
    next: SEE_BINDING,
  },
  {
    id: 'binds-wildcards',
    severity: 'low',
    optional: true,
    title: 'binds {about} to a role with wildcards in its rules',
    why: 'A wildcard covers what will be added tomorrow, too.',
    next: SEE_BINDING,
  },
  {
    id: 'idle-wildcard',
    severity: 'low',
    optional: true,
    title: 'means to give {about} every subresource of pods (pods/*), which gives nothing',
    why: 'To RBAC it is no wildcard. Whoever finds that out will write what was meant: to run commands in pods, and more.',
    next: SEE_BINDING,
  },
  {
    id: 'default-service-account',
    severity: 'medium',
    title: 'gives rights to {about}',
    why: 'Every pod of that namespace that names no service account has these rights, though nobody meant it for them.',
    next: SEE_BINDING,
  },
];

/** What is said of a role, whoever may be bound to it. */
const OF_ROLES: readonly ChoosableRule[] = [
  {
    id: 'wildcard-in-rules',
    severity: 'low',
    optional: true,
    title: 'has wildcards in its rules',
    why: 'A wildcard covers what will be added tomorrow, too.',
    next: 'Read its rules, and write out what is needed: kubectl get {object} -o yaml',
  },
  {
    id: 'role-allows-exec',
    severity: 'low',
    optional: true,
    title: 'allows to run commands in pods (exec, attach)',
    why: 'In a container, commands see its secrets and act as its service account.',
    next: 'See who is bound to it: kubectl get rolebindings,clusterrolebindings -A -o wide',
  },
];

/** What `kubernetes/posture-rbac` says. */
export const RBAC_RULES: readonly ChoosableRule[] = [
  ...RIGHTS.flatMap((right) => [ofCluster(right), ofNamespace(right)]),
  ...OF_SUBJECTS,
  ...OF_ROLES,
];

/** Where one of these is told of a binding, its narrower rights go without saying. */
const BROAD: ReadonlySet<string> = new Set(['cluster-admin', 'administer', 'administer-core']);

export function isBroad(rule: string): boolean {
  return BROAD.has(rule.replace(IN_NAMESPACE, ''));
}

const IDS: ReadonlySet<string> = new Set(RIGHTS.flatMap(({ id }) => [id, `${id}${IN_NAMESPACE}`]));

/** True for what a binding allows, as against what is said of its subjects. */
export function isRight(rule: string): boolean {
  return IDS.has(rule);
}
