import type { InventoryFact } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import { canonicalSelector } from './canonical-selector.ts';
import { fullName, sortedSet, type Scan } from './scan.ts';

/** One fact for each listener of each Gateway. */
export function gatewayListeners(scan: Scan): readonly InventoryFact[] {
  return scan.all('Gateway').flatMap((gateway) =>
    (gateway.spec?.listeners ?? []).map((listener) => {
      const { from = 'Same', selector } = listener.allowedRoutes?.namespaces ?? {};
      const value: JsonObject = {
        uid: gateway.metadata.uid ?? null,
        class: gateway.spec?.gatewayClassName ?? null,
        hostname: listener.hostname ?? null,
        port: listener.port ?? null,
        protocol: listener.protocol ?? null,
        tls: listener.tls === undefined ? null : (listener.tls.mode ?? 'Terminate'),
        routesFrom: from,
        routesOf: from === 'Selector' ? canonicalSelector(selector) : null,
      };
      return scan.fact('gateway-listener', `${fullName(gateway)}/${listener.name}`, value);
    }),
  );
}

/** One fact for each HTTPRoute: its hosts, the Gateways that it asks for, and where it leads. */
export function gatewayRoutes(scan: Scan): readonly InventoryFact[] {
  return scan.all('HTTPRoute').map((route) => {
    const namespace = route.metadata.namespace ?? '';
    const { hostnames = [], parentRefs = [], rules = [] } = route.spec ?? {};
    const value: JsonObject = {
      uid: route.metadata.uid ?? null,
      hosts: sortedSet(hostnames),
      parents: sortedSet(
        parentRefs.map(
          (parent) =>
            `${parent.kind ?? 'Gateway'} ${parent.namespace ?? namespace}/${parent.name ?? ''}${parent.sectionName === undefined ? '' : `/${parent.sectionName}`}`,
        ),
      ),
      backends: sortedSet(
        rules
          .flatMap(({ backendRefs }) => backendRefs ?? [])
          .map(
            (backend) =>
              `${backend.kind ?? 'Service'} ${backend.namespace ?? namespace}/${backend.name ?? ''}:${backend.port ?? ''}`,
          ),
      ),
    };
    return scan.fact('gateway-route', fullName(route), value);
  });
}
