import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { Ingress, KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { byName } from './by-name.ts';
import { clusterShape } from './cluster-params.ts';
import { ingressProblems, type IngressSurroundings } from './ingress-problems.ts';
import { judgeLasting, type LastingRule } from './lasting-judgement.ts';
import { blindness, sampleLasting, seeLasting, type Blind } from './lasting.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

const ingressesParams = z.strictObject({
  ...clusterShape,
  secrets: z
    .boolean()
    .default(false)
    .describe('Whether the Secrets of their certificates exist, too; to list Secrets is a strong right.'),
});
type IngressesParams = z.output<typeof ingressesParams>;

const RULES: readonly LastingRule[] = [
  {
    id: 'service-missing',
    severity: 'high',
    afterMs: 0,
    title: 'sends traffic to what does not exist: {about}',
    why: 'Requests for these paths are answered with an error.',
    next: 'Was the Service renamed or deleted? {describe}',
  },
  {
    id: 'port-missing',
    severity: 'high',
    afterMs: 0,
    title: 'sends traffic to a port that is not there: {about}',
    why: 'Requests for these paths are answered with an error.',
    next: 'Compare its ports with those of the Service: {describe}',
  },
  {
    id: 'class-missing',
    severity: 'medium',
    afterMs: 0,
    title: 'is of an IngressClass that does not exist: {about}',
    why: 'No controller takes an Ingress of a class that is not there.',
    next: 'See which classes there are: {kubectl} get ingressclasses',
  },
  {
    id: 'no-class',
    severity: 'low',
    afterMs: 0,
    title: 'names no IngressClass, none is the default, and no controller says that it serves it',
    why: 'Most controllers leave alone what names no class.',
    next: 'See which classes there are: {kubectl} get ingressclasses. Does its address answer? {describe}',
  },
  {
    id: 'tls-secret-missing',
    severity: 'high',
    afterMs: 0,
    title: 'takes its certificate from a Secret that does not exist: {about}',
    why: "Browsers get the controller's own certificate, which they refuse.",
    next: 'Who was to make it? {describe}',
  },
  {
    id: 'load-balancer-error',
    severity: 'high',
    afterMs: 0,
    title: 'has a load balancer that reports an error for port {about}',
    why: 'What stands before the cluster says that it can not serve this port.',
    next: 'Read its events: {describe}',
  },
];

export const check: Check<KubernetesReader, IngressesParams> = {
  id: 'kubernetes/ingresses',
  title: 'Ingresses that lead nowhere',
  keywords: ['ingress', 'host', 'backend', 'traffic', 'route'],
  description: `Looks at what each Ingress refers to.

Reports:
- **service-missing** (high) a Service that does not exist; **port-missing** (high) a port that it does not have, by name or by number: a number is not matched by a port that merely has no name.
- **class-missing** (medium) a class that does not exist, but for \`gce\` and \`gce-internal\`; one in the old annotation, and **no-class** (low) none at all, only while no default class exists and no load balancer in the status says that a controller serves it.
- **load-balancer-error** (high) an error of a port in the status.
- **tls-secret-missing** (high) only with \`secrets: true\`: it needs the right to list Secrets, of which names alone are read. An empty name is legal.

A backend that is no Service is legal. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: ingressesParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const helps = params.secrets ? (['IngressClass', 'Secret'] as const) : (['IngressClass'] as const);
    return lookAtCluster(reader, params, context, { needs: ['Ingress', 'Service'], helps }, (scene) =>
      seeIngresses(scene, params, context),
    );
  },

  judge(seen, _params, history) {
    return judgeLasting(seen, RULES, history);
  },

  sample: sampleLasting,
  summary: tallyWords,
};

async function seeIngresses(
  scene: Scene,
  { secrets }: IngressesParams,
  context: ReadContext,
): Promise<readonly Observation[]> {
  const services = byName(scene.all('Service'));
  const classes = scene.knows('IngressClass') ? scene.all('IngressClass') : null;
  const found = byName(scene.all('Secret'));
  const seen = scene
    .all('Ingress')
    .filter(({ metadata }) => scene.knows('Service', metadata.namespace))
    .map(async (ingress) => {
      const { namespace } = ingress.metadata;
      const around: IngressSurroundings = {
        services,
        classes,
        secrets: secrets && scene.knows('Secret', namespace) ? found : null,
      };
      return seeLasting(
        scene,
        context,
        ingress,
        ingressProblems(ingress, around),
        await blindFor(scene, ingress, secrets),
      );
    });
  return (await Promise.all(seen)).flat();
}

async function blindFor(scene: Scene, { metadata }: Ingress, secrets: boolean): Promise<readonly Blind[]> {
  const blind = await Promise.all([
    blindness(scene, 'IngressClass', undefined, ['class-missing', 'no-class']),
    ...(secrets ? [blindness(scene, 'Secret', metadata.namespace, ['tls-secret-missing'])] : []),
  ]);
  return blind.filter((each) => each !== null);
}
