import type { InventorySource } from '../../domain/inventory.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { gatewayListeners, gatewayRoutes } from './gateway-exposures.ts';
import { hostPorts } from './host-ports.ts';
import { ingressRoutes } from './ingress-exposures.ts';
import { scanCluster } from './scan.ts';
import { publicServices } from './service-exposures.ts';
import { WORKLOAD_LISTS } from './workloads.ts';

export const source: InventorySource<KubernetesReader> = {
  id: 'kubernetes/exposures',
  title: 'What can be reached from outside the cluster',
  description: `Every way in, as far as the objects of the cluster tell:

- **public-service**: a Service of the type LoadBalancer or NodePort, or with external addresses: its ports and node ports as the fewest ranges, the blocks of addresses that may use it (merged; \`null\` is everybody), what it selects, and the annotations that make a load balancer internal or public.
- **ingress-route**: a host and path of an Ingress, with the Service (or resource) behind it, its class, and whether it has TLS.
- **gateway-listener** and **gateway-route**: listeners of Gateways, with who may attach routes; HTTPRoutes with their hosts, Gateways and Services.
- **host-port**: a workload that takes ports of its node, or the node's network as a whole.

Each value holds the uid of its object, so that one that was deleted and made again shows. Left out: the addresses that a load balancer was given, which change by themselves; what a firewall in front of the nodes lets through; routes of service meshes.`,
  kinds: {
    'public-service': {
      noun: 'a Service that is reachable from outside',
      exposes: true,
      added: 'high',
      removed: 'low',
      changed: 'high',
    },
    'ingress-route': {
      noun: 'a route of an Ingress',
      exposes: true,
      added: 'medium',
      removed: 'low',
      changed: 'medium',
    },
    'gateway-listener': {
      noun: 'a listener of a Gateway',
      exposes: true,
      added: 'high',
      removed: 'low',
      changed: 'high',
    },
    'gateway-route': { noun: 'an HTTPRoute', exposes: true, added: 'medium', removed: 'low', changed: 'medium' },
    'host-port': {
      noun: 'a workload on the network of its node',
      exposes: true,
      added: 'high',
      removed: 'low',
      changed: 'high',
    },
  },
  timeoutMs: 60_000,

  read: (reader, context) =>
    scanCluster(
      reader,
      context,
      {
        'public-service': { of: ['Service'], hides: 'namespace' },
        'ingress-route': { of: ['Ingress'], hides: 'namespace' },
        'gateway-listener': { of: ['Gateway'], hides: 'namespace' },
        'gateway-route': { of: ['HTTPRoute'], hides: 'namespace' },
        'host-port': { of: WORKLOAD_LISTS, hides: 'namespace' },
      },
      (scan) => ({
        facts: [
          ...publicServices(scan),
          ...ingressRoutes(scan),
          ...gatewayListeners(scan),
          ...gatewayRoutes(scan),
          ...hostPorts(scan),
        ],
        hidden: [],
      }),
    ),
};
