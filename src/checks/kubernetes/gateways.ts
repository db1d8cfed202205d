import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { Gateway, HTTPRoute, KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { byName, canTell } from './by-name.ts';
import { clusterShape } from './cluster-params.ts';
import { acceptance, classOfGateway, parentProblems, routeStatus, type RouteSurroundings } from './gateway-problems.ts';
import { backendProblems } from './ingress-problems.ts';
import { judgeLasting, type LastingRule } from './lasting-judgement.ts';
import { blindness, sampleLasting, seeLasting, type Blind, type LastingProblem } from './lasting.ts';
import { routeBackends } from './route-backends.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

/** Routes that have backends of one shape. */
const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'UDPRoute'] as const;

const gatewaysParams = z.strictObject({
  ...clusterShape,
  after: durationParam('0s', '1d').prefault('5m').describe('How long a controller may take to accept something.'),
});
type GatewaysParams = z.output<typeof gatewaysParams>;

export const check: Check<KubernetesReader, GatewaysParams> = {
  id: 'kubernetes/gateways',
  title: 'Gateways, their classes and their routes',
  keywords: ['gateway', 'route', 'httproute'],
  description: `Looks at the Gateway API, where the cluster has it: classes, gateways, and routes of HTTP, gRPC, TCP and UDP.

Reports:
- **not-accepted** (high) a class or a gateway of which the condition Accepted is not True for \`after\`; **not-programmed** (high) a gateway of which Programmed is not. By the type of the condition, not by its place.
- **class-missing** (high) a gateway of a class that does not exist.
- **gateway-missing** (high) a route of a gateway that does not exist; **namespace-not-allowed** (high) one that no listener takes routes from its namespace for, by the labels of the namespace.
- **service-missing**, **port-missing** (high) a route to a Service, or to a port of one, that does not exist. A backend of another kind is legal.
- **route-refused:Accepted**, **route-refused:ResolvedRefs** (high) a gateway's controller says so for \`after\`.

Whether a ReferenceGrant allows a route to another namespace is told by ResolvedRefs. Tried against objects of the documented shape; not against a live cluster.`,
  standalone: true,
  params: gatewaysParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(
      reader,
      params,
      context,
      { needs: ['Gateway'], helps: ['GatewayClass', ...ROUTES, 'Service', 'Namespace'] },
      (scene) => seeGateways(scene, context),
    );
  },

  judge(seen, { after }, history) {
    return judgeLasting(seen, gatewayRules(after), history);
  },

  sample: sampleLasting,
  summary: tallyWords,
};

async function seeGateways(scene: Scene, context: ReadContext): Promise<readonly Observation[]> {
  const gateways = await Promise.all(scene.all('Gateway').map((gateway) => seeGateway(scene, context, gateway)));
  const around: RouteSurroundings = {
    gateways: byName(scene.all('Gateway')),
    knows: (namespace) => canTell(scene, 'Gateway', namespace),
    namespaces: scene.knows('Namespace') ? byName(scene.all('Namespace')) : null,
  };
  const services = byName(scene.all('Service'));
  const routes = ROUTES.flatMap((kind): readonly HTTPRoute[] => scene.all(kind)).map(async (route) => {
    const backends = routeBackends(route).filter(({ namespace }) => canTell(scene, 'Service', namespace));
    const problems: readonly LastingProblem[] = [
      ...parentProblems(route, around),
      ...backends.flatMap((backend) => backendProblems(backend, services)),
      ...routeStatus(route),
    ];
    return seeLasting(scene, context, route, problems, await blindToServices(scene, route));
  });
  return [
    ...scene.all('GatewayClass').flatMap((each) => seeLasting(scene, context, each, acceptance(each, 'Accepted'))),
    ...gateways.flat(),
    ...(await Promise.all(routes)).flat(),
  ];
}

async function seeGateway(scene: Scene, context: ReadContext, gateway: Gateway): Promise<readonly Observation[]> {
  const blind = await blindness(scene, 'GatewayClass', undefined, ['class-missing']);
  const missing = blind === null ? classOfGateway(gateway, byName(scene.all('GatewayClass'))) : [];
  const problems =
    missing.length > 0 ? missing : [...acceptance(gateway, 'Accepted'), ...acceptance(gateway, 'Programmed')];
  return seeLasting(scene, context, gateway, problems, blind === null ? [] : [blind]);
}

async function blindToServices(scene: Scene, route: HTTPRoute): Promise<readonly Blind[]> {
  const places = new Set(routeBackends(route).map(({ namespace }) => namespace));
  const blind = await Promise.all(
    [...places].map((namespace) => blindness(scene, 'Service', namespace, ['service-missing', 'port-missing'])),
  );
  return blind.filter((each) => each !== null);
}

function gatewayRules(afterMs: number): readonly LastingRule[] {
  return [
    {
      id: 'class-missing',
      severity: 'high',
      afterMs: 0,
      title: 'is of a GatewayClass that does not exist: {about}',
      why: 'No controller takes it: nothing listens there.',
      next: 'See which classes there are: {kubectl} get gatewayclasses',
    },
    {
      id: 'not-accepted',
      severity: 'high',
      afterMs,
      title: 'is not accepted: {about}',
      why: 'Its controller does not take it, or does not run: what depends on it reaches nothing.',
      next: 'Read its conditions, and see whether its controller runs: {describe}',
    },
    {
      id: 'not-programmed',
      severity: 'high',
      afterMs,
      title: 'is not programmed: {about}',
      why: 'What it describes is not what listens.',
      next: 'Read its conditions: {describe}',
    },
    {
      id: 'gateway-missing',
      severity: 'high',
      afterMs: 0,
      title: 'is for what does not exist: {about}',
      why: 'A route without a gateway gets no traffic.',
      next: 'Was the gateway renamed? {describe}',
    },
    {
      id: 'namespace-not-allowed',
      severity: 'high',
      afterMs: 0,
      title: 'is of a namespace that no listener takes routes from: {about}',
      why: 'The gateway leaves it alone: it gets no traffic.',
      next: 'Compare with the allowedRoutes of the listeners: {describe}',
    },
    {
      id: 'service-missing',
      severity: 'high',
      afterMs: 0,
      title: 'sends traffic to what does not exist: {about}',
      why: 'Requests are answered with an error.',
      next: 'Was the Service renamed or deleted? {describe}',
    },
    {
      id: 'port-missing',
      severity: 'high',
      afterMs: 0,
      title: 'sends traffic to a port that is not there: {about}',
      why: 'Requests are answered with an error.',
      next: 'Compare its ports with those of the Service: {describe}',
    },
    {
      id: 'route-refused',
      severity: 'high',
      afterMs,
      title: 'is refused by {about}',
      why: 'The controller of the gateway does not carry out what the route says.',
      next: 'Read its conditions: {describe}',
    },
  ];
}
