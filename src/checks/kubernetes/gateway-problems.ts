import {
  conditionOf,
  selects,
  type Gateway,
  type GatewayClass,
  type HTTPRoute,
  type KubeObject,
  type Namespace,
} from '../../providers/kubernetes/reader.ts';
import type { ByName } from './by-name.ts';
import { conditionPath, timeOf, type LastingProblem } from './lasting.ts';

/** Of a class or a gateway: who is to accept it did, or has said nothing yet. */
export function acceptance(
  { metadata, status }: KubeObject & Pick<Gateway, 'status'>,
  type: 'Accepted' | 'Programmed',
): readonly LastingProblem[] {
  const condition = conditionOf(status?.conditions, type);
  // Where nothing says whether it is programmed, whether it is accepted says enough.
  if (condition?.status === 'True' || (condition === null && type === 'Programmed')) return [];
  return [
    {
      rule: type === 'Accepted' ? 'not-accepted' : 'not-programmed',
      about: condition?.message ?? condition?.reason ?? 'no controller says anything of it',
      since: timeOf(condition?.lastTransitionTime ?? metadata.creationTimestamp),
      fields: [
        { path: conditionPath(type, 'status'), value: condition?.status ?? null },
        { path: conditionPath(type, 'reason'), value: condition?.reason ?? null },
      ],
    },
  ];
}

export function classOfGateway({ spec }: Gateway, classes: ByName<GatewayClass>): readonly LastingProblem[] {
  const name = spec?.gatewayClassName ?? '';
  if (classes.get(undefined, name) !== undefined) return [];
  return [
    { rule: 'class-missing', about: name, since: 0, fields: [{ path: 'spec.gatewayClassName', value: name || null }] },
  ];
}

/** What is known of the gateways that a route names. */
export interface RouteSurroundings {
  readonly gateways: ByName<Gateway>;
  /** False: gateways there were not looked at. */
  knows(namespace: string): boolean;
  /** null: namespaces could not be read. */
  readonly namespaces: ByName<Namespace> | null;
}

/** The gateways that a route wants to be attached to: they exist, and take routes of its namespace. */
export function parentProblems(route: HTTPRoute, around: RouteSurroundings): readonly LastingProblem[] {
  const own = route.metadata.namespace ?? '';
  return (route.spec?.parentRefs ?? []).flatMap((parent, index) => {
    const { kind = 'Gateway', name = '', sectionName } = parent;
    const namespace = parent.namespace ?? own;
    if (kind !== 'Gateway' || !around.knows(namespace)) return [];
    const gateway = around.gateways.get(namespace, name);
    const about = `Gateway ${namespace}/${name}`;
    const fields = [{ path: `spec.parentRefs[${index}].name`, value: `${namespace}/${name}` }];
    if (gateway === undefined) return [{ rule: 'gateway-missing', about, since: 0, fields }];
    const listeners = (gateway.spec?.listeners ?? []).filter(
      (listener) => sectionName === undefined || listener.name === sectionName,
    );
    if (listeners.length === 0 || listeners.some((listener) => takes(listener, namespace, own, around.namespaces)))
      return [];
    return [
      {
        rule: 'namespace-not-allowed',
        about,
        since: 0,
        fields: [
          ...fields,
          ...listeners.map(({ name: listener, allowedRoutes }) => ({
            path: `${about}: listener ${listener}: allowedRoutes.namespaces.from`,
            value: allowedRoutes?.namespaces?.from ?? 'Same',
          })),
        ],
      },
    ];
  });
}

/** By the labels of the route's namespace, not of the route. */
function takes(
  { allowedRoutes }: NonNullable<NonNullable<Gateway['spec']>['listeners']>[number],
  gateway: string,
  own: string,
  namespaces: ByName<Namespace> | null,
): boolean {
  const { from = 'Same', selector } = allowedRoutes?.namespaces ?? {};
  switch (from) {
    case 'Same':
      return gateway === own;
    case 'Selector':
      return namespaces === null || selects(selector, namespaces.get(undefined, own)?.metadata.labels);
    default:
      return from !== 'None';
  }
}

/** What the gateways' controllers say of a route. */
export function routeStatus({ status }: HTTPRoute): readonly LastingProblem[] {
  return (status?.parents ?? []).flatMap(({ parentRef, conditions }) =>
    ['Accepted', 'ResolvedRefs'].flatMap((type) => {
      const condition = conditionOf(conditions, type);
      if (condition?.status !== 'False') return [];
      return [
        {
          rule: 'route-refused',
          apart: type,
          about: `Gateway ${parentRef?.name ?? ''}: ${condition.message ?? condition.reason ?? type}`,
          since: timeOf(condition.lastTransitionTime),
          fields: [
            {
              path: `status.parents[?(@.parentRef.name=="${parentRef?.name ?? ''}")].${conditionPath(type, 'reason').replace('status.', '')}`,
              value: condition.reason ?? null,
            },
          ],
        },
      ];
    }),
  );
}
