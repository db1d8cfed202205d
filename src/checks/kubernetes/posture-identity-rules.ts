import type { Container } from '../../providers/kubernetes/reader.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Field } from './problems.ts';
import { inContainers, inPods, type Found, type WorkloadRule } from './workload-rule.ts';

const SEE = 'See what user its image expects, and what it says here: kubectl get {object} -o yaml';

/** As whom its containers run. What a container says goes before what its pod says. */
export const IDENTITY_RULES: readonly WorkloadRule[] = [
  {
    id: 'runs-as-root',
    severity: 'high',
    title: 'runs as root because it says so: {about}',
    why: 'Root in a container is root of the node as soon as there is a way out, and can change what the image holds.',
    next: SEE,
    find: (workload) =>
      onLinux(workload, (identity) =>
        identity.user?.value === 0 && identity.nonRoot?.value !== true ? [identity.user] : null,
      ),
  },
  {
    id: 'may-run-as-root',
    severity: 'medium',
    optional: true,
    title: 'runs as root if its image does: {about}',
    why: 'Nothing keeps it from it: neither a user nor runAsNonRoot is given, and most images run as root.',
    next: SEE,
    find: (workload) =>
      onLinux(workload, ({ nonRoot, user }, path) =>
        nonRoot?.value === true || user !== null
          ? null
          : [
              nonRoot ?? { path: `${path}.securityContext.runAsNonRoot`, value: null },
              { path: `${path}.securityContext.runAsUser`, value: null },
            ],
      ),
  },
  {
    id: 'root-group',
    severity: 'low',
    title: 'runs with the group of root because it says so: {about}',
    why: 'Files of the node, and of the image, are often open to the group 0.',
    next: SEE,
    find: (workload) => onLinux(workload, ({ group }) => (group?.value === 0 ? [group] : null)),
  },
  {
    id: 'may-use-root-group',
    severity: 'info',
    optional: true,
    title: 'runs with the group that its image says, which mostly is 0: {about}',
    why: 'Files of the node, and of the image, are often open to the group 0.',
    next: SEE,
    find: (workload) =>
      onLinux(workload, ({ group }, path) =>
        group === null ? [{ path: `${path}.securityContext.runAsGroup`, value: null }] : null,
      ),
  },
  {
    id: 'root-supplemental-group',
    severity: 'low',
    title: 'is in the group of root besides its own',
    why: 'Files of the node, and of volumes, are often open to the group 0.',
    next: SEE,
    find: (workload) => {
      const groups = workload.pods.spec.securityContext?.supplementalGroups ?? [];
      return groups.includes(0) ? inPods(workload, `securityContext.supplementalGroups[${groups.indexOf(0)}]`, 0) : [];
    },
  },
  {
    id: 'no-pod-security-context',
    severity: 'info',
    optional: true,
    title: 'says nothing about the security of its pods as a whole',
    why: 'Each container has to say it all by itself, and one that is added later says nothing.',
    next: SEE,
    find: (workload) =>
      Object.keys(workload.pods.spec.securityContext ?? {}).length > 0 ? [] : inPods(workload, 'securityContext', null),
  },
  {
    id: 'no-fs-group',
    severity: 'info',
    optional: true,
    title: 'says no group for its volumes',
    why: 'Without fsGroup, a container that is not root can not write to most volumes, which tempts to run it as root.',
    next: SEE,
    find: (workload) => {
      const group = workload.pods.spec.securityContext?.fsGroup;
      return workload.isWindows || (group !== undefined && group >= 0)
        ? []
        : inPods(workload, 'securityContext.fsGroup', group ?? null);
    },
  },
  {
    id: 'no-fs-group-change-policy',
    severity: 'info',
    optional: true,
    title: 'does not say when the owners in its volumes are changed',
    why: 'By default every file of a volume is gone through at each start, which takes long with many.',
    next: SEE,
    find: (workload) => {
      const policy = workload.pods.spec.securityContext?.fsGroupChangePolicy;
      return workload.isWindows || policy === 'Always' || policy === 'OnRootMismatch'
        ? []
        : inPods(workload, 'securityContext.fsGroupChangePolicy', policy ?? null);
    },
  },
  {
    id: 'no-windows-user',
    severity: 'info',
    optional: true,
    title: 'runs on Windows as the user that its image says: {about}',
    why: 'In many images that is an administrator of the container.',
    next: SEE,
    find: (workload) => withoutOnWindows(workload, 'runAsUserName'),
  },
  {
    id: 'no-windows-account',
    severity: 'info',
    optional: true,
    title: 'runs on Windows without an account of the domain: {about}',
    why: 'What it asks of the domain it asks as the node, unless a gMSA is named.',
    next: SEE,
    find: (workload) => withoutOnWindows(workload, 'gmsaCredentialSpecName'),
  },
];

interface Identity {
  readonly nonRoot: Field | null;
  readonly user: Field | null;
  readonly group: Field | null;
}

/** Windows has no root, and its kubelet takes no notice of these fields. */
function onLinux(
  workload: JudgedWorkload,
  ask: (identity: Identity, path: string) => readonly Field[] | null,
): readonly Found[] {
  if (workload.isWindows) return [];
  return inContainers(workload, ({ container, path }) => ask(identityOf(workload, container, path), path));
}

function identityOf({ pods }: JudgedWorkload, container: Container, path: string): Identity {
  const field = (name: 'runAsNonRoot' | 'runAsUser' | 'runAsGroup'): Field | null => {
    const own = container.securityContext?.[name];
    if (own !== undefined) return { path: `${path}.securityContext.${name}`, value: own };
    const ofPod = pods.spec.securityContext?.[name];
    return ofPod === undefined ? null : { path: `${pods.path}.securityContext.${name}`, value: ofPod };
  };
  return { nonRoot: field('runAsNonRoot'), user: field('runAsUser'), group: field('runAsGroup') };
}

function withoutOnWindows(
  workload: JudgedWorkload,
  name: 'runAsUserName' | 'gmsaCredentialSpecName',
): readonly Found[] {
  const isSaid = (options: Readonly<Record<string, unknown>> | undefined): boolean =>
    options?.[name] !== undefined && options[name] !== '';
  if (!workload.isWindows || isSaid({ ...workload.pods.spec.securityContext?.windowsOptions })) return [];
  return inContainers(workload, ({ container, path }) =>
    isSaid({ ...container.securityContext?.windowsOptions })
      ? null
      : [{ path: `${path}.securityContext.windowsOptions.${name}`, value: null }],
  );
}
