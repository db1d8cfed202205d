import type { JudgedWorkload } from './judged-workloads.ts';
import { anyOf, inContainers, type Found, type WorkloadRule } from './workload-rule.ts';

const SUDO = /(?:^|[\s;&|(/"'])sudo(?:[\s"']|$)/;
const FIRST_FREE_PORT = 1024;

/** How its containers are entered, from inside and from outside. */
export const ENTRY_RULES: readonly WorkloadRule[] = [
  {
    id: 'sudo-entrypoint',
    severity: 'medium',
    title: 'starts with sudo: {about}',
    why: 'It runs as root after all, and sudo must be in the image and may be used by whoever gets in.',
    next: 'See what needs root: kubectl get {object} -o yaml',
    find: (workload) =>
      inContainers(workload, ({ container, path }) =>
        anyOf(
          (['command', 'args'] as const).flatMap((list) =>
            (container[list] ?? []).flatMap((word, index) =>
              SUDO.test(word) ? [{ path: `${path}.${list}[${index}]`, value: 'sudo' }] : [],
            ),
          ),
        ),
      ),
  },
  {
    id: 'ssh-port',
    severity: 'low',
    title: 'offers ssh: {about}',
    why: 'A way in beside the API server, which neither its rights nor its audit log know of.',
    next: 'kubectl exec does what ssh in a container is mostly for; see what it is here: kubectl get {object} -o yaml',
    find: (workload) => onPorts(workload, (port, protocol) => port === 22 && protocol === 'TCP'),
  },
  {
    id: 'privileged-port',
    severity: 'info',
    optional: true,
    title: 'listens on ports below 1024: {about}',
    why: 'That takes NET_BIND_SERVICE or root, where a Service could lead from such a port to any other.',
    next: 'See what it says now: kubectl get {object} -o yaml',
    find: (workload) => onPorts(workload, (port) => port > 0 && port < FIRST_FREE_PORT),
  },
];

function onPorts(workload: JudgedWorkload, isMeant: (port: number, protocol: string) => boolean): readonly Found[] {
  return inContainers(workload, ({ container, path }) =>
    anyOf(
      (container.ports ?? []).flatMap(({ containerPort, protocol }, index) =>
        containerPort !== undefined && isMeant(containerPort, protocol ?? 'TCP')
          ? [{ path: `${path}.ports[${index}].containerPort`, value: containerPort }]
          : [],
      ),
    ),
  );
}
