import { anyOf, inContainers, inPods, type WorkloadRule } from './workload-rule.ts';

const SEE = 'See what it is for, and whether it needs the host: kubectl get {object} -o yaml';

/** What pods share with the node that they run on, but for its files. */
export const HOST_RULES: readonly WorkloadRule[] = [
  {
    id: 'host-pid',
    severity: 'high',
    title: 'sees the processes of its node',
    why: 'It can read the environment of every process there, with the secrets of other pods in it, and with root signal or enter them.',
    next: SEE,
    find: (workload) => (workload.pods.spec.hostPID === true ? inPods(workload, 'hostPID', true) : []),
  },
  {
    id: 'host-ipc',
    severity: 'high',
    title: 'shares memory and semaphores with its node',
    why: 'It can read and change what processes of the node and of other such pods hold in shared memory.',
    next: SEE,
    find: (workload) => (workload.pods.spec.hostIPC === true ? inPods(workload, 'hostIPC', true) : []),
  },
  {
    id: 'host-network',
    severity: 'medium',
    title: "uses its node's network",
    why: 'It reaches what listens on the node alone, such as the kubelet and the metadata service of a cloud, and network policies do not hold for it.',
    next: SEE,
    find: (workload) => (workload.pods.spec.hostNetwork === true ? inPods(workload, 'hostNetwork', true) : []),
  },
  {
    id: 'host-port',
    severity: 'medium',
    title: 'listens on ports of its node: {about}',
    why: 'Who reaches the node reaches the container, past Services and, with many networks, past network policies; and only one such pod fits on a node.',
    next: 'See whether a Service would do: kubectl get {object} -o yaml',
    // The API server writes a hostPort for every port of a pod that uses the node's network: that says nothing more.
    find: (workload) =>
      workload.pods.spec.hostNetwork === true
        ? []
        : inContainers(workload, ({ container, path }) =>
            anyOf(
              (container.ports ?? []).flatMap(({ hostPort }, index) =>
                hostPort === undefined || hostPort === 0
                  ? []
                  : [{ path: `${path}.ports[${index}].hostPort`, value: hostPort }],
              ),
            ),
          ),
  },
  {
    id: 'host-process',
    severity: 'critical',
    title: 'runs on its Windows node as a process of the host',
    why: 'Such a container is not confined at all: it has the node, and with it what runs there.',
    next: SEE,
    find: (workload) => {
      const { spec } = workload.pods;
      if (spec.securityContext?.windowsOptions?.hostProcess === true)
        return inPods(workload, 'securityContext.windowsOptions.hostProcess', true);
      return inContainers(workload, ({ container, path }) =>
        container.securityContext?.windowsOptions?.hostProcess === true
          ? [{ path: `${path}.securityContext.windowsOptions.hostProcess`, value: true }]
          : null,
      );
    },
  },
];
