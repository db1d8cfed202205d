import type { Container } from '../../providers/kubernetes/reader.ts';
import type { Field } from './problems.ts';
import { anyOf, inContainers, type WorkloadRule } from './workload-rule.ts';

export interface PrivilegeSettings {
  /** Capabilities that are told as dangerous, beside SYS_ADMIN and ALL. */
  readonly dangerousCapabilities: readonly string[];
}

/** Each of these is a way to the node, to other pods or past the kernel's checks. */
export const DANGEROUS_CAPABILITIES = [
  'BPF',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'NET_ADMIN',
  'PERFMON',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
];

const SEE = 'See what needs it, and give that alone: kubectl get {object} -o yaml';

/** What the kernel lets its containers do. */
export const PRIVILEGE_RULES: readonly WorkloadRule<PrivilegeSettings>[] = [
  {
    id: 'privileged',
    severity: 'critical',
    title: 'runs privileged containers: {about}',
    why: 'A privileged container has every capability and every device: who runs code in it has the node, and with it every pod and secret there.',
    next: SEE,
    find: (workload) =>
      inContainers(workload, ({ container, path }) =>
        container.securityContext?.privileged === true
          ? [{ path: `${path}.securityContext.privileged`, value: true }]
          : null,
      ),
  },
  {
    id: 'adds-all-capabilities',
    severity: 'critical',
    title: 'has every capability of the kernel: {about}',
    why: 'That is all but privileged: the node can be taken over from it.',
    next: SEE,
    find: (workload) =>
      inContainers(workload, ({ container, path }) => added(container, path, (name) => name === 'ALL')),
  },
  {
    id: 'adds-sys-admin',
    severity: 'critical',
    title: 'has the capability SYS_ADMIN: {about}',
    why: 'It lets a container mount file systems and enter namespaces, and is the usual way out to the node.',
    next: SEE,
    find: (workload) =>
      inContainers(workload, ({ container, path }) => added(container, path, (name) => name === 'SYS_ADMIN')),
  },
  {
    id: 'adds-dangerous-capabilities',
    severity: 'high',
    title: 'has capabilities that reach beyond the container: {about}',
    why: 'They let it load code into the kernel, read other processes, change the network of the node or the like.',
    next: SEE,
    find: (workload, { dangerousCapabilities }) => {
      const names = new Set(dangerousCapabilities.map(plainName));
      return inContainers(workload, ({ container, path }) => added(container, path, (name) => names.has(name)));
    },
  },
  {
    id: 'adds-net-raw',
    severity: 'medium',
    title: 'asks for NET_RAW: {about}',
    why: 'It can forge packets, and so answer for other pods on the same network (ARP, DNS).',
    next: SEE,
    find: (workload) =>
      inContainers(workload, ({ container, path }) => added(container, path, (name) => name === 'NET_RAW')),
  },
  {
    id: 'keeps-net-raw',
    severity: 'low',
    optional: true,
    title: 'keeps NET_RAW, which a container runtime may give by itself: {about}',
    why: 'With it, packets can be forged; hardly a program needs that.',
    next: 'See what it drops; dropping ALL, or NET_RAW, is enough: kubectl get {object} -o yaml',
    find: (workload) =>
      workload.isWindows
        ? []
        : inContainers(workload, ({ container, path }) => {
            const dropped = dropsOf(container);
            const isBack = dropped.has('ALL') && addsOf(container).includes('NET_RAW');
            if (!isBack && (dropped.has('ALL') || dropped.has('NET_RAW'))) return null;
            return [capabilitiesField(container, path)];
          }),
  },
  {
    id: 'keeps-capabilities',
    severity: 'low',
    optional: true,
    title: 'keeps the capabilities that a container runtime gives by itself: {about}',
    why: 'Most programs need none of them; what is not there can not be misused.',
    next: 'See what it drops; dropping ALL and adding what is needed is the usual way: kubectl get {object} -o yaml',
    find: (workload) =>
      workload.isWindows
        ? []
        : inContainers(workload, ({ container, path }) => {
            const dropped = dropsOf(container);
            const isNone = dropped.has('ALL') || GIVEN.every((name) => dropped.has(name));
            return isNone ? null : [capabilitiesField(container, path)];
          }),
  },
  {
    id: 'allows-privilege-escalation',
    severity: 'medium',
    title: 'says that its processes may gain privileges: {about}',
    why: 'With a set-uid program in the image, what runs as a plain user becomes root.',
    next: 'See whether anything in the image needs it: kubectl get {object} -o yaml',
    find: (workload) =>
      inContainers(workload, ({ container, path }) =>
        container.securityContext?.allowPrivilegeEscalation === true
          ? [{ path: `${path}.securityContext.allowPrivilegeEscalation`, value: true }]
          : null,
      ),
  },
  {
    id: 'privilege-escalation-not-prevented',
    severity: 'low',
    optional: true,
    title: 'does not keep its processes from gaining privileges: {about}',
    why: 'Where nothing is said, a set-uid program in the image may make root of a plain user.',
    next: 'allowPrivilegeEscalation: false is safe for nearly everything; see what it says now: kubectl get {object} -o yaml',
    find: (workload) =>
      workload.isWindows
        ? []
        : inContainers(workload, ({ container, path }) =>
            container.securityContext?.allowPrivilegeEscalation === undefined
              ? [{ path: `${path}.securityContext.allowPrivilegeEscalation`, value: null }]
              : null,
          ),
  },
];

/** What containerd and CRI-O give to a container that says nothing. */
const GIVEN = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

function added(container: Container, path: string, isMeant: (name: string) => boolean): readonly Field[] | null {
  return anyOf(
    (container.securityContext?.capabilities?.add ?? []).flatMap((name, index) =>
      isMeant(plainName(name)) ? [{ path: `${path}.securityContext.capabilities.add[${index}]`, value: name }] : [],
    ),
  );
}

function addsOf(container: Container): readonly string[] {
  return (container.securityContext?.capabilities?.add ?? []).map(plainName);
}

function dropsOf(container: Container): ReadonlySet<string> {
  return new Set((container.securityContext?.capabilities?.drop ?? []).map(plainName));
}

function capabilitiesField(container: Container, path: string): Field {
  const drop = container.securityContext?.capabilities?.drop;
  return {
    path: `${path}.securityContext.capabilities.drop`,
    value: drop === undefined ? null : drop.join(', '),
  };
}

/** Runtimes take `cap_net_raw` for `NET_RAW`. */
function plainName(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}
