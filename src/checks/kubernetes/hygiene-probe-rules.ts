import { fits, type Container, type CronJob, type Job, type Probe } from '../../providers/kubernetes/reader.ts';
import { isLongRunning, type Surroundings } from './hygiene-surroundings.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Field } from './problems.ts';
import { anyOf, inContainers, type Found, type WorkloadRule } from './workload-rule.ts';

const SEE = 'See what it says now: kubectl get {object} -o yaml';

/** How the kubelet is to know whether containers do. */
export const PROBE_RULES: readonly WorkloadRule<Surroundings>[] = [
  {
    id: 'serves-without-readiness-probe',
    severity: 'medium',
    needs: ['Service'],
    title: 'is behind a Service and has no readiness probe: {about}',
    why: 'Requests are sent to it as soon as its process runs, before it can answer, and while it can not: each rollout loses some.',
    next: SEE,
    find: (workload, around) => {
      if (!isLongRunning(workload)) return [];
      const service = serviceOf(workload, around);
      // One container that says when the pod is ready is enough.
      const isSaid = workload.containers.some(({ container }) => container.readinessProbe !== undefined);
      if (service === null || isSaid) return [];
      const [main] = workload.containers.filter(({ sort }) => sort === 'main');
      return main === undefined
        ? []
        : [{ about: `Service ${service}`, fields: [{ path: `${main.path}.readinessProbe`, value: null }] }];
    },
  },
  {
    id: 'no-readiness-probe',
    severity: 'low',
    optional: true,
    title: 'has containers without a readiness probe: {about}',
    why: 'They count as ready as soon as their process runs.',
    next: SEE,
    find: (workload) => (isLongRunning(workload) ? without(workload, 'readinessProbe') : []),
  },
  {
    id: 'no-liveness-probe',
    severity: 'low',
    optional: true,
    title: 'has containers without a liveness probe: {about}',
    why: 'A process that hangs, and does not end, is not restarted.',
    next: SEE,
    find: (workload) => (isLongRunning(workload) ? without(workload, 'livenessProbe') : []),
  },
  {
    id: 'job-may-hang',
    severity: 'info',
    optional: true,
    title: 'has neither a liveness probe nor a deadline: {about}',
    why: 'A job that hangs is not ended, and with a schedule the next one may not start.',
    next: 'See how long it takes as a rule: kubectl get jobs -A. What it says: kubectl get {object} -o yaml',
    find: (workload) => (isLongRunning(workload) || hasDeadline(workload) ? [] : without(workload, 'livenessProbe')),
  },
  {
    id: 'probe-port-unknown',
    severity: 'medium',
    title: 'has probes of ports that their containers do not name: {about}',
    why: 'Such a probe fails each time: the container is restarted again and again, or never ready.',
    next: SEE,
    find: (workload) => probesWhere(workload, (port) => typeof port === 'string'),
  },
  {
    id: 'probe-port-undeclared',
    severity: 'info',
    optional: true,
    title: 'has probes of ports that their containers do not list: {about}',
    why: 'Ports need not be listed; but a number that stands nowhere else is often a slip.',
    next: SEE,
    find: (workload) => probesWhere(workload, (port) => typeof port === 'number'),
  },
];

function serviceOf({ pods, object }: JudgedWorkload, { services }: Surroundings): string | null {
  const service = services(object.metadata.namespace).find(
    ({ spec }) => Object.keys(spec?.selector ?? {}).length > 0 && fits(spec?.selector ?? {}, pods.labels),
  );
  return service?.metadata.name ?? null;
}

type ProbeName = 'livenessProbe' | 'readinessProbe' | 'startupProbe';

function without(workload: JudgedWorkload, name: ProbeName): readonly Found[] {
  return inContainers(workload, ({ container, path, sort }) =>
    sort !== 'main' || container[name] !== undefined ? null : [{ path: `${path}.${name}`, value: null }],
  );
}

function hasDeadline({ object, pods }: JudgedWorkload): boolean {
  const job = object.kind === 'CronJob' ? (object as CronJob).spec?.jobTemplate?.spec : (object as Job).spec;
  return job?.activeDeadlineSeconds !== undefined || pods.spec.activeDeadlineSeconds !== undefined;
}

function probesWhere(workload: JudgedWorkload, isMeant: (port: string | number) => boolean): readonly Found[] {
  return inContainers(workload, ({ container, path }) =>
    anyOf(
      (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((name): readonly Field[] => {
        const probed = portOf(container[name]);
        return probed === null || !isMeant(probed.port) || isListed(container, probed.port)
          ? []
          : [{ path: `${path}.${name}.${probed.field}`, value: probed.port }];
      }),
    ),
  );
}

/** All of them speak TCP. One of another host is none of the container. */
function portOf(probe: Probe | undefined): { readonly field: string; readonly port: string | number } | null {
  const { httpGet, tcpSocket, grpc } = probe ?? {};
  if (httpGet?.port !== undefined && httpGet.host === undefined) return { field: 'httpGet.port', port: httpGet.port };
  if (tcpSocket?.port !== undefined && tcpSocket.host === undefined)
    return { field: 'tcpSocket.port', port: tcpSocket.port };
  return grpc?.port === undefined ? null : { field: 'grpc.port', port: grpc.port };
}

function isListed({ ports }: Container, port: string | number): boolean {
  return (ports ?? []).some(
    ({ name, containerPort, protocol }) =>
      (protocol ?? 'TCP') === 'TCP' && (typeof port === 'number' ? containerPort === port : name === port),
  );
}
