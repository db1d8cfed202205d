import {
  fits,
  type HTTPRoute,
  type Ingress,
  type IngressBackend,
  type Service,
} from '../../providers/kubernetes/reader.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Field, Problem } from './problems.ts';

/** Ways from outside to workloads. */
export interface Ways {
  /** Through Services, Ingresses and HTTPRoutes. */
  to(workload: JudgedWorkload): readonly Way[];
  /** The Services that select its pods. */
  servicesOf(workload: JudgedWorkload): readonly Service[];
}

export interface Way {
  readonly rule: 'exposed-by-service' | 'exposed-by-ingress' | 'exposed-by-gateway';
  /** `Ingress shop (shop.example.com)` */
  readonly about: string;
  readonly fields: readonly Field[];
}

export function createWays(
  services: readonly Service[],
  ingresses: readonly Ingress[],
  routes: readonly HTTPRoute[],
): Ways {
  const byNamespace = Map.groupBy(services, ({ metadata }) => metadata.namespace ?? '');
  const byService = new Map<string, Way[]>();
  const add = (namespace: string | undefined, name: string | undefined, way: Way): void => {
    const key = `${namespace ?? ''}/${name ?? ''}`;
    const ways = byService.get(key) ?? [];
    byService.set(key, ways);
    if (!ways.some(({ about, rule }) => about === way.about && rule === way.rule)) ways.push(way);
  };
  for (const ingress of ingresses)
    for (const { name, way } of waysOfIngress(ingress)) add(ingress.metadata.namespace, name, way);
  for (const route of routes) for (const { namespace, name, way } of waysOfRoute(route)) add(namespace, name, way);
  const servicesOf: Ways['servicesOf'] = ({ named, pods }) =>
    (byNamespace.get(named.metadata.namespace ?? '') ?? []).filter(({ spec }) => {
      const selector = Object.keys(spec?.selector ?? {}).length === 0 ? null : spec?.selector;
      return selector !== null && selector !== undefined && fits(selector, pods.labels);
    });
  return {
    servicesOf,
    to: (workload) =>
      servicesOf(workload).flatMap((service) => {
        const { namespace = '', name } = service.metadata;
        return [...ownWays(service), ...(byService.get(`${namespace}/${name}`) ?? [])];
      }),
  };
}

function ownWays(service: Service): readonly Way[] {
  const way = wayOfService(service);
  return way === null ? [] : [way];
}

/** null: it can only be reached inside of the cluster. */
export function wayOfService({ metadata: { name }, spec, status }: Service): Way | null {
  const { type = 'ClusterIP', externalIPs = [] } = spec ?? {};
  const addresses = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  if (type !== 'LoadBalancer' && type !== 'NodePort' && externalIPs.length === 0) return null;
  const ports = (spec?.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []);
  const where = [...addresses, ...externalIPs, ...(type === 'NodePort' ? ports.map((port) => `port ${port}`) : [])];
  return {
    rule: 'exposed-by-service',
    about: `Service ${name} (${[type, ...where].join(' ')})`,
    fields: [
      { path: `Service ${name}: spec.type`, value: type },
      ...(addresses.length === 0
        ? []
        : [{ path: `Service ${name}: status.loadBalancer.ingress`, value: addresses.join(', ') }]),
      ...(externalIPs.length === 0
        ? []
        : [{ path: `Service ${name}: spec.externalIPs`, value: externalIPs.join(', ') }]),
    ],
  };
}

/** A load balancer that has no address yet, or was refused one, lets nobody in. */
export function isReached({ spec, status }: Service): boolean {
  return spec?.type !== 'LoadBalancer' || (status?.loadBalancer?.ingress ?? []).length > 0;
}

function waysOfIngress({ metadata, spec }: Ingress): readonly { readonly name: string; readonly way: Way }[] {
  const place = (backend: IngressBackend | undefined, path: string, host: string | undefined) => {
    const name = backend?.service?.name;
    const about = `Ingress ${metadata.name}${host === undefined || host === '' ? '' : ` (${host})`}`;
    const fields = [{ path: `Ingress ${metadata.name}: ${path}.service.name`, value: name ?? null }];
    return name === undefined ? [] : [{ name, way: { rule: 'exposed-by-ingress' as const, about, fields } }];
  };
  return [
    ...place(spec?.defaultBackend, 'spec.defaultBackend', undefined),
    ...(spec?.rules ?? []).flatMap(({ host, http }, rule) =>
      (http?.paths ?? []).flatMap(({ backend }, index) =>
        place(backend, `spec.rules[${rule}].http.paths[${index}].backend`, host),
      ),
    ),
  ];
}

function waysOfRoute({ metadata, spec }: HTTPRoute): readonly {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly way: Way;
}[] {
  const hosts = spec?.hostnames ?? [];
  const about = `HTTPRoute ${metadata.name}${hosts.length === 0 ? '' : ` (${hosts.join(', ')})`}`;
  // A route of a mesh hangs on a Service, and lets nobody in from outside.
  if (!(spec?.parentRefs ?? []).some(({ kind = 'Gateway' }) => kind === 'Gateway')) return [];
  return (spec?.rules ?? []).flatMap(({ backendRefs }, rule) =>
    (backendRefs ?? [])
      .map((reference, index) => ({ reference, index }))
      .filter(({ reference: { kind = 'Service' } }) => kind === 'Service')
      .map(({ reference, index }) => {
        const path = `HTTPRoute ${metadata.name}: spec.rules[${rule}].backendRefs[${index}].name`;
        return {
          namespace: reference.namespace ?? metadata.namespace,
          name: reference.name,
          way: { rule: 'exposed-by-gateway', about, fields: [{ path, value: reference.name ?? null }] },
        };
      }),
  );
}

const SSH: readonly unknown[] = [22, 2222];

/** A Service that leads to where ssh listens, as a rule. */
export function sshProblems(services: readonly Service[]): readonly Problem[] {
  return services.flatMap(({ metadata: { name }, spec }) =>
    (spec?.ports ?? []).flatMap(({ port, targetPort }, index): Problem[] =>
      SSH.includes(port) || SSH.includes(targetPort)
        ? [
            {
              rule: 'ssh-service',
              about: `Service ${name}`,
              fields: [
                { path: `Service ${name}: spec.ports[${index}].port`, value: port ?? null },
                { path: `Service ${name}: spec.ports[${index}].targetPort`, value: targetPort ?? null },
              ],
            },
          ]
        : [],
    ),
  );
}
