import { mergeCidrs } from '../../domain/cidr.ts';
import type { InventoryFact } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import { mergePortRanges, portRangeText } from '../../domain/port-ranges.ts';
import type { Service, StringMap } from '../../providers/kubernetes/reader.ts';
import { fullName, sortedSet, type Scan } from './scan.ts';

/** Services that something outside the cluster can reach. */
export function publicServices(scan: Scan): readonly InventoryFact[] {
  return scan
    .all('Service')
    .filter(isPublic)
    .map((service) => scan.fact('public-service', fullName(service), valueOf(service)));
}

function isPublic({ spec }: Service): boolean {
  return spec?.type === 'LoadBalancer' || spec?.type === 'NodePort' || (spec?.externalIPs ?? []).length > 0;
}

function valueOf({ metadata, spec = {} }: Service): JsonObject {
  const balanced = spec.type === 'LoadBalancer';
  const sources = spec.loadBalancerSourceRanges ?? [];
  return {
    uid: metadata.uid ?? null,
    type: spec.type ?? 'ClusterIP',
    ports: portTexts(spec, ({ port }) => port),
    nodePorts: portTexts(spec, ({ nodePort }) => nodePort),
    from: balanced && sources.length > 0 ? mergeCidrs(sources) : null,
    externalAddresses: mergeCidrs(spec.externalIPs ?? []),
    balancer: spec.loadBalancerClass ?? null,
    annotations: balancerAnnotations(metadata.annotations),
    leadsTo: sortedSet(Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`)),
  };
}

type Port = NonNullable<NonNullable<Service['spec']>['ports']>[number];

function portTexts({ ports }: NonNullable<Service['spec']>, which: (port: Port) => number | undefined): string[] {
  const ranges = (ports ?? []).flatMap((port) => {
    const number = which(port);
    return number === undefined || number === 0 ? [] : [{ protocol: port.protocol ?? 'TCP', from: number, to: number }];
  });
  return mergePortRanges(ranges).map(portRangeText);
}

/** Whether a load balancer of a cloud is internal is said in an annotation, which differs from cloud to cloud. */
const BALANCER = /load-?balancer/i;

function balancerAnnotations(annotations: StringMap | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(annotations ?? {})
      .filter(([key]) => BALANCER.test(key))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
