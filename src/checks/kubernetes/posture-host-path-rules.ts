import type { Volume } from '../../providers/kubernetes/reader.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Field } from './problems.ts';
import type { Found, WorkloadRule } from './workload-rule.ts';

export interface HostPathSettings {
  /** Whose credentials are looked for on the nodes. */
  readonly clouds: readonly Cloud[];
}
export type Cloud = 'aks' | 'eks' | 'gke';

const SEE = 'See what it reads or writes there: kubectl get {object} -o yaml';

/** Files of the node in its pods. */
export const HOST_PATH_RULES: readonly WorkloadRule<HostPathSettings>[] = [
  {
    id: 'runtime-socket',
    severity: 'critical',
    title: 'can tell the container runtime of its node what to run: {about}',
    why: 'Who can talk to the runtime starts a privileged container, and has the node; read-only does not help, as a socket is written to all the same.',
    next: 'See what asks the runtime, and whether the Kubernetes API would do: kubectl get {object} -o yaml',
    find: (workload) => volumesWhere(workload, (path) => reaches(path, RUNTIME_SOCKETS, RUNTIME_FOLDERS)),
  },
  {
    id: 'host-path-sensitive',
    severity: 'high',
    title: 'mounts a folder of its node that holds the system or its secrets: {about}',
    why: 'It can read keys, tokens or other pods’ volumes there; where it can write, it can take over the node.',
    next: SEE,
    find: (workload) => mountsWhere(workload, (path) => reaches(path, SENSITIVE_FOLDERS, SENSITIVE_TREES)),
  },
  {
    id: 'host-path-writable',
    severity: 'medium',
    title: 'can write to folders of its node: {about}',
    why: 'What it writes stays on the node for other pods and for the host, and is a way out of the container.',
    next: 'See whether readOnly would do: kubectl get {object} -o yaml',
    find: (workload) => mountsWhere(workload, () => true).filter(({ isReadOnly }) => !isReadOnly),
  },
  {
    id: 'host-path-credentials',
    severity: 'high',
    title: 'mounts a folder of its node where credentials of a cloud lie: {about}',
    why: 'With them it acts as the node, or as whoever logged in there, in the whole account.',
    next: SEE,
    find: (workload, { clouds }) =>
      mountsWhere(workload, (path) => clouds.some((cloud) => CREDENTIALS[cloud].test(path))),
  },
  {
    id: 'host-path',
    severity: 'low',
    optional: true,
    title: 'has volumes that are folders of its node: {about}',
    why: 'Its data is on one node, and every hostPath volume is a door in the wall between pod and host.',
    next: SEE,
    find: (workload) => volumesWhere(workload, () => true),
  },
];

const RUNTIME_SOCKETS = /\/(?:docker|cri-dockerd|dockershim|containerd|crio|podman)\.sock$/;
/** Folders that hold such a socket and nothing else to speak of. */
const RUNTIME_FOLDERS = /^(?:\/var)?\/run\/(?:docker|containerd|crio|podman)$/;

/** These very folders: below them is much that is harmless. */
const SENSITIVE_FOLDERS =
  /^\/(?:|boot|dev|etc|home|lib|lib64|bin|sbin|proc|root|run|sys|usr|var|var\/lib|var\/log\/pods|var\/run)$/;
/** These, and everything below. */
const SENSITIVE_TREES =
  /^\/(?:boot|root|etc\/(?:kubernetes|ssh|cni|systemd|cron[^/]*|shadow|sudoers[^/]*)|var\/lib\/(?:kubelet|etcd|docker|containerd|rancher|k3s|kubernetes)|(?:home\/[^/]+\/)?\.(?:aws|azure|config\/gcloud|kube|ssh))(?:\/|$)/;

/** In the home of anybody, or at the root, as kubescape has it. */
const CREDENTIALS: Readonly<Record<Cloud, RegExp>> = {
  eks: /^(?:\/root|\/home\/[^/]+)?\/\.aws(?:\/(?:config|credentials))?$/,
  aks: /^(?:\/etc|\/etc\/kubernetes|\/etc\/kubernetes\/azure\.json|(?:\/root|\/home\/[^/]+)?\/\.azure(?:\/credentials)?)$/,
  gke: /^(?:\/root|\/home\/[^/]+)?\/(?:\.config|\.config\/gcloud|gcloud)(?:\/application_default_credentials\.json)?$/,
};

function reaches(path: string, ...patterns: readonly RegExp[]): boolean {
  return patterns.some((pattern) => pattern.test(path));
}

/** Volumes of the node by their path there, mounted or not. */
function volumesWhere(workload: JudgedWorkload, isMeant: (path: string) => boolean): readonly Found[] {
  return hostVolumes(workload).flatMap(({ path, field }) =>
    isMeant(path) ? [{ about: path, fields: [{ path: field, value: path }] }] : [],
  );
}

interface Mount extends Found {
  readonly isReadOnly: boolean;
}

/** The same where a container mounts them, with each place. */
function mountsWhere(workload: JudgedWorkload, isMeant: (path: string) => boolean): readonly Mount[] {
  return hostVolumes(workload).flatMap(({ name, path, field }) => {
    if (!isMeant(path)) return [];
    return workload.containers.flatMap(({ container, path: place }) =>
      (container.volumeMounts ?? []).flatMap((mount, index): readonly Mount[] => {
        if (mount.name !== name) return [];
        const isReadOnly = mount.readOnly === true;
        const fields: readonly Field[] = [
          { path: field, value: path },
          { path: `${place}.volumeMounts[${index}].readOnly`, value: mount.readOnly ?? null },
        ];
        return [{ about: `${path} in ${container.name}`, fields, isReadOnly }];
      }),
    );
  });
}

interface HostVolume {
  readonly name: string;
  readonly path: string;
  readonly field: string;
}

function hostVolumes({ pods }: JudgedWorkload): readonly HostVolume[] {
  return (pods.spec.volumes ?? []).flatMap(({ name, hostPath }: Volume, index) =>
    hostPath?.path === undefined
      ? []
      : [{ name, path: plainPath(hostPath.path), field: `${pods.path}.volumes[${index}].hostPath.path` }],
  );
}

/** Without what makes no difference to the kernel: `//etc/./` is `/etc`. */
function plainPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return `/${parts.join('/')}`;
}
