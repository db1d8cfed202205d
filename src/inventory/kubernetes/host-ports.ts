import type { InventoryFact } from '../../domain/inventory.ts';
import { mergePortRanges, portRangeText, type PortRange } from '../../domain/port-ranges.ts';
import { containersOf, type PodSpec } from '../../providers/kubernetes/reader.ts';
import { sortedSet, type Scan } from './scan.ts';
import { topWorkloads, workloadName } from './workloads.ts';

/** Workloads that take ports of their node, or its network as a whole. */
export function hostPorts(scan: Scan): readonly InventoryFact[] {
  return topWorkloads(scan).flatMap((workload) => {
    const ports = workload.specs.flatMap(portsOf);
    const hostNetwork = workload.specs.some((spec) => spec.hostNetwork === true);
    if (ports.length === 0 && !hostNetwork) return [];
    return [
      scan.fact('host-port', workloadName(workload), {
        uid: workload.uid,
        hostNetwork,
        ports: mergePortRanges(ports).map(portRangeText),
        addresses: sortedSet(ports.map(({ address }) => address)),
      }),
    ];
  });
}

/** On the network of the node every port of a container is one of the node. */
function portsOf(spec: PodSpec): readonly (PortRange & { readonly address: string })[] {
  return containersOf({ spec, path: '' }).flatMap(({ container }) =>
    (container.ports ?? []).flatMap(({ hostPort, containerPort, protocol = 'TCP', hostIP = '' }) => {
      const port = hostPort ?? (spec.hostNetwork === true ? containerPort : undefined);
      return port === undefined || port === 0
        ? []
        : [{ protocol, from: port, to: port, address: hostIP === '' ? 'every address' : hostIP }];
    }),
  );
}
