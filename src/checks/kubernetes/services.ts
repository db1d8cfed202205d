import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { KubernetesReader, Service } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { clusterShape } from './cluster-params.ts';
import { judgeLasting, type LastingRule } from './lasting-judgement.ts';
import { sampleLasting, seeLasting } from './lasting.ts';
import { ingressBackends, routeBackends } from './route-backends.ts';
import { lookAtCluster, shownName, tallyWords, type Scene } from './scene.ts';
import { ENDPOINT_LISTS, endpointsOf } from './service-endpoints.ts';
import { serviceProblems, type Maker } from './service-problems.ts';

const servicesParams = z.strictObject({
  ...clusterShape,
  after: durationParam('0s', '1d')
    .prefault('2m')
    .describe('How long nothing may be ready behind a Service: restarts of a single pod take less.'),
});
type ServicesParams = z.output<typeof servicesParams>;

export const check: Check<KubernetesReader, ServicesParams> = {
  id: 'kubernetes/services',
  title: 'Services that reach nothing',
  keywords: ['service', 'endpoint', 'selector', 'loadbalancer', 'backend'],
  description: `Looks at what is behind each Service that selects pods: its EndpointSlices (core/v1 Endpoints only where the cluster has no slice at all) and the pods that have the labels of its selector.

Reports:
- **no-endpoints** (high; critical when an Ingress or an HTTPRoute sends traffic to it) nothing is ready behind it for \`after\`, by the times of its pods, with why they are not; or no pod has its labels, by the last change of its slices or by earlier looks.
- **scaled-to-zero** (info; medium when traffic is sent to it) the same, where all that would make its pods is told to make none.
- **port-mismatch** (high) a port that is named is of no container that it selects, native sidecars included; **port-undeclared** (low) a number is of none, where every container says where it listens. To declare a port is of no consequence, so this may be well.

Services without selector, ExternalName and locks of an election are fine. With publishNotReadyAddresses, endpoints count as ready, as the API says. That a pod takes traffic and answers wrongly can't be seen. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: servicesParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(reader, params, context, { needs: NEEDS, helps: ROUTES }, (scene) =>
      seeServices(scene, context),
    );
  },

  judge(seen, { after }, history) {
    return judgeLasting(seen, serviceRules(after), history);
  },

  sample: sampleLasting,
  summary: tallyWords,
};

const NEEDS = [...ENDPOINT_LISTS, 'Deployment', 'StatefulSet'] as const;
/** How bad it is, they say. */
const ROUTES = ['Ingress', 'HTTPRoute'] as const;

async function seeServices(scene: Scene, context: ReadContext): Promise<readonly Observation[]> {
  const endpoints = await endpointsOf(scene);
  const routes = routesByService(scene);
  const makers: readonly Maker[] = [...scene.all('Deployment'), ...scene.all('StatefulSet')].map((object) => ({
    object,
    replicas: object.spec?.replicas ?? null,
  }));
  const knowsRoutes = ROUTES.every((kind) => scene.knows(kind));
  return scene.all('Service').flatMap((service) => {
    if (!NEEDS.every((kind) => scene.knows(kind, service.metadata.namespace))) return [];
    const around = { endpoints: endpoints.of(service), routes: routes.get(keyOf(service)) ?? [], knowsRoutes, makers };
    return seeLasting(scene, context, service, serviceProblems(service, around));
  });
}

function routesByService(scene: Scene): ReadonlyMap<string, readonly string[]> {
  const routes = new Map<string, string[]>();
  const backends = [
    ...scene
      .all('Ingress')
      .flatMap((ingress) => ingressBackends(ingress).map((to) => ({ to, from: shownName(ingress) }))),
    ...scene.all('HTTPRoute').flatMap((route) => routeBackends(route).map((to) => ({ to, from: shownName(route) }))),
  ];
  for (const { to, from } of backends) {
    const key = `${to.namespace}/${to.name}`;
    const known = routes.get(key) ?? [];
    routes.set(key, known.includes(from) ? known : [...known, from]);
  }
  return routes;
}

function keyOf({ metadata }: Service): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function serviceRules(afterMs: number): readonly LastingRule[] {
  return [
    {
      id: 'no-endpoints',
      severity: 'high',
      worse: 'critical',
      afterMs,
      looks: true,
      title: 'has nothing ready behind it: {about}',
      why: 'Whoever connects to it is refused or waits for nothing.',
      next: 'Compare its selector with the pods there, and see why they are not ready: {describe}',
    },
    {
      id: 'scaled-to-zero',
      severity: 'info',
      worse: 'medium',
      afterMs,
      title: 'has nothing behind it, as nothing is to run: {about}',
      why: 'Whoever connects to it is refused. It may well be meant.',
      next: 'Was it scaled down for a while, or is the Service left over? {describe}',
    },
    {
      id: 'port-mismatch',
      severity: 'high',
      afterMs: 0,
      title: 'sends to a port that none of its pods has: {about}',
      why: 'A port that is named is looked up in the containers; where no container has it, nothing is reached.',
      next: 'Compare the names of the ports: {yaml}',
    },
    {
      id: 'port-undeclared',
      severity: 'low',
      afterMs: 0,
      title: 'sends to a port that none of its pods says it listens on: {about}',
      why: 'It may listen all the same, as to declare a port is of no consequence; more often the number is wrong.',
      next: 'Ask what listens there: {yaml}',
    },
  ];
}
