import type { Container } from '../../providers/kubernetes/reader.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Field } from './problems.ts';
import { inContainers, type Found, type WorkloadRule } from './workload-rule.ts';

/** What Kubernetes itself calls safe (pkg/kubelet/sysctl/safe_sysctls.go, 1.36). */
const SAFE_SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

const SEE = 'See what it says now: kubectl get {object} -o yaml';

/** What holds its containers in, beside users and capabilities. */
export const CONFINEMENT_RULES: readonly WorkloadRule[] = [
  {
    id: 'proc-mount',
    severity: 'high',
    title: 'sees all of /proc: {about}',
    why: 'The parts of /proc that are masked for good reason are open to it, some of them for writing.',
    next: SEE,
    find: (workload) =>
      inContainers(workload, ({ container, path }) => {
        const mount = container.securityContext?.procMount;
        return mount === undefined || mount === 'Default'
          ? null
          : [{ path: `${path}.securityContext.procMount`, value: mount }];
      }),
  },
  {
    id: 'unsafe-sysctls',
    severity: 'high',
    title: 'sets kernel parameters that Kubernetes does not call safe: {about}',
    why: 'They reach beyond the pod, and can make its node unstable.',
    next: SEE,
    find: ({ pods }) =>
      (pods.spec.securityContext?.sysctls ?? []).flatMap(({ name }, index) =>
        SAFE_SYSCTLS.has(name)
          ? []
          : [{ about: name, fields: [{ path: `${pods.path}.securityContext.sysctls[${index}].name`, value: name }] }],
      ),
  },
  {
    id: 'seccomp-unconfined',
    severity: 'medium',
    title: 'may make any system call because it says so: {about}',
    why: 'The filter that keeps containers from the calls that most ways out go by is switched off.',
    next: SEE,
    find: (workload) => withSeccomp(workload, (profile) => (profile?.value === 'Unconfined' ? [profile] : null)),
  },
  {
    id: 'no-seccomp',
    severity: 'low',
    optional: true,
    title: 'has no seccomp profile: {about}',
    why: 'Unless the kubelet gives one by default (seccompDefault), any system call may be made, those by which containers are left among them.',
    next: 'RuntimeDefault is safe for nearly everything; see what it says now: kubectl get {object} -o yaml',
    find: (workload) =>
      withSeccomp(workload, (profile, path) =>
        profile === null ? [{ path: `${path}.securityContext.seccompProfile`, value: null }] : null,
      ),
  },
  {
    id: 'seccomp-of-its-own',
    severity: 'info',
    optional: true,
    title: 'has a seccomp profile that is not the default of the runtime: {about}',
    why: 'How much it allows stands in a file on the nodes, which nobody can see from here.',
    next: SEE,
    find: (workload) =>
      withSeccomp(workload, (profile) =>
        profile === null || profile.value === 'RuntimeDefault' || profile.value === 'Unconfined' ? null : [profile],
      ),
  },
  {
    id: 'writable-root-filesystem',
    severity: 'low',
    optional: true,
    title: 'can change the files of its image: {about}',
    why: 'Who gets in can put programs there and run them; most programs need no more than a folder for temporary files.',
    next: SEE,
    find: (workload) =>
      workload.isWindows
        ? []
        : inContainers(workload, ({ container, path }) => {
            const value = container.securityContext?.readOnlyRootFilesystem;
            return value === true
              ? null
              : [{ path: `${path}.securityContext.readOnlyRootFilesystem`, value: value ?? null }];
          }),
  },
  {
    id: 'no-selinux-options',
    severity: 'info',
    optional: true,
    title: 'says no SELinux label: {about}',
    why: 'The runtime picks one on nodes with SELinux, and there is none on the others.',
    next: SEE,
    find: (workload) =>
      workload.isWindows || workload.pods.spec.securityContext?.seLinuxOptions !== undefined
        ? []
        : inContainers(workload, ({ container, path }) =>
            container.securityContext?.seLinuxOptions === undefined
              ? [{ path: `${path}.securityContext.seLinuxOptions`, value: null }]
              : null,
          ),
  },
  {
    id: 'not-hardened',
    severity: 'low',
    optional: true,
    title: 'uses nothing of what Linux has to hold it in: {about}',
    why: 'Neither seccomp, AppArmor nor SELinux is asked for, and no capability is dropped.',
    next: SEE,
    find: (workload) =>
      workload.isWindows
        ? []
        : inContainers(workload, ({ container, path }) =>
            isHeldIn(workload, container) ? null : [{ path: `${path}.securityContext`, value: null }],
          ),
  },
];

/** The profile that holds for a container; of Linux alone. */
function withSeccomp(
  workload: JudgedWorkload,
  ask: (profile: Field | null, path: string) => readonly Field[] | null,
): readonly Found[] {
  if (workload.isWindows) return [];
  const ofPod = workload.pods.spec.securityContext?.seccompProfile?.type;
  return inContainers(workload, ({ container, path }) => {
    const own = container.securityContext?.seccompProfile?.type;
    if (own !== undefined) return ask({ path: `${path}.securityContext.seccompProfile.type`, value: own }, path);
    const inherited =
      ofPod === undefined ? null : { path: `${workload.pods.path}.securityContext.seccompProfile.type`, value: ofPod };
    return ask(inherited, path);
  });
}

function isHeldIn({ pods }: JudgedWorkload, container: Container): boolean {
  const { capabilities, seccompProfile, appArmorProfile, seLinuxOptions } = container.securityContext ?? {};
  const ofPod = pods.spec.securityContext ?? {};
  const armour =
    pods.annotations?.[`container.apparmor.security.beta.kubernetes.io/${container.name}`] ??
    (appArmorProfile ?? ofPod.appArmorProfile)?.type;
  const seccomp = (seccompProfile ?? ofPod.seccompProfile)?.type;
  const label = Object.keys(seLinuxOptions ?? ofPod.seLinuxOptions ?? {});
  const isAll = (name: string): boolean => name.toUpperCase() === 'ALL';
  return (
    isProfile(armour) ||
    isProfile(seccomp) ||
    label.length > 0 ||
    ((capabilities?.drop ?? []).length > 0 && !(capabilities?.add ?? []).some(isAll))
  );
}

function isProfile(profile: string | undefined): boolean {
  return profile !== undefined && profile !== '' && profile.toLowerCase() !== 'unconfined';
}
