import type { InventoryFact } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Ingress } from '../../providers/kubernetes/reader.ts';
import { fullName, sortedSet, type Scan } from './scan.ts';

/** The class of an Ingress as it was said before there was a field for it. */
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** One fact for each host and path. Where an Ingress names one twice, both backends stand in it. */
export function ingressRoutes(scan: Scan): readonly InventoryFact[] {
  return scan.all('Ingress').flatMap((ingress) => {
    const routes = Map.groupBy(routesOf(ingress), ({ name }) => name);
    return [...routes].map(([name, same]) =>
      scan.fact('ingress-route', `${fullName(ingress)}/${name}`, valueOf(ingress, same)),
    );
  });
}

interface Route {
  readonly host: string;
  /** `shop.example.com/api (Prefix)` */
  readonly name: string;
  readonly backend: string;
}

type Backend = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>;

function routesOf({ spec = {} }: Ingress): readonly Route[] {
  const rules = (spec.rules ?? []).flatMap(({ host = '', http }) =>
    (http?.paths ?? []).map(({ path = '/', pathType = 'ImplementationSpecific', backend }) => ({
      host,
      name: `${host === '' ? 'any host' : host}${path} (${pathType})`,
      backend: backendText(backend),
    })),
  );
  const fallback = spec.defaultBackend ?? spec.backend;
  return fallback === undefined
    ? rules
    : [...rules, { host: '', name: 'any host (default backend)', backend: backendText(fallback) }];
}

function backendText(backend: Backend | undefined): string {
  const { service, resource } = backend ?? {};
  if (resource !== undefined) return `${resource.kind ?? ''}.${resource.apiGroup ?? ''} ${resource.name ?? ''}`;
  const name = service?.name ?? backend?.serviceName ?? '';
  const port = service?.port?.number ?? service?.port?.name ?? backend?.servicePort ?? '';
  return `Service ${name}:${port}`;
}

function valueOf({ metadata, spec = {} }: Ingress, same: readonly Route[]): JsonObject {
  const [first] = same;
  return {
    uid: metadata.uid ?? null,
    class: spec.ingressClassName ?? metadata.annotations?.[CLASS_ANNOTATION] ?? null,
    tls: (spec.tls ?? []).some(({ hosts }) => covers(hosts ?? [], first?.host ?? '')),
    backends: sortedSet(same.map(({ backend }) => backend)),
  };
}

/** Of a wildcard, one label: `*.example.com` is for `shop.example.com`. No hosts are all of them. */
function covers(hosts: readonly string[], host: string): boolean {
  if (hosts.length === 0) return true;
  const parent = host.replace(/^[^.]+\./, '*.');
  return hosts.some((name) => name === host || (host !== '' && name === parent));
}
