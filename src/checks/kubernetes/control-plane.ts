import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import { conditionOf, type APIService, type KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { clusterShape } from './cluster-params.ts';
import { judgeLasting, type LastingRule } from './lasting-judgement.ts';
import { conditionPath, sampleLasting, seeLasting, timeOf, type LastingProblem } from './lasting.ts';
import { seeReadyz } from './readyz.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

const controlPlaneParams = z.strictObject({
  ...clusterShape,
  after: durationParam('0s', '1d')
    .prefault('5m')
    .describe('How long an API may be unavailable, or a part of the API server be starting, before it is reported.'),
});
type ControlPlaneParams = z.output<typeof controlPlaneParams>;

export const check: Check<KubernetesReader, ControlPlaneParams> = {
  id: 'kubernetes/control-plane',
  title: 'API server and its extensions',
  keywords: ['apiserver', 'control', 'plane', 'api', 'etcd'],
  description: `Asks the API server how its own parts are doing (\`/readyz?verbose\`), and looks at the APIs that others serve through it (APIService).

Reports:
- **readyz:** with the part (high; critical for etcd) that the API server says is not ready, at once. Parts that are still starting or stopping (\`poststarthook/…\`, \`shutdown\`) are **starting:** with the part (medium), when they were so for \`after\`, by earlier looks.
- **api-down** (high) an APIService whose condition Available is not True for \`after\`: metrics and custom APIs. While one is down, namespaces can't be deleted and autoscalers may stand still.

An API server that does not answer at all makes this check, and all others, unknown. \`/readyz\` may say ok while etcd does not answer; lists that the API server then gives from its memory are named in the reports of the checks that use them. Versions of kubelets: see \`kubernetes/nodes\`. Tried against the recorded answers of a real API server (1.36) and answers of that shape; not against a live cluster.`,
  standalone: true,
  params: controlPlaneParams,
  timeoutMs: 60_000,

  read(reader, params, context) {
    return lookAtCluster(reader, params, context, { needs: [], helps: ['APIService'] }, (scene) =>
      seeControlPlane(scene, context),
    );
  },

  judge(seen, { after }, history) {
    return judgeLasting(seen, controlPlaneRules(after), history);
  },

  sample: sampleLasting,
  summary: tallyWords,
};

async function seeControlPlane(scene: Scene, context: ReadContext): Promise<readonly Observation[]> {
  return [
    ...(await seeReadyz(scene)),
    ...scene.all('APIService').flatMap((service) => seeLasting(scene, context, service, unavailable(service))),
  ];
}

function unavailable({ spec, status }: APIService): readonly LastingProblem[] {
  const available = conditionOf(status?.conditions, 'Available');
  if (available === null || available.status === 'True') return [];
  const { service } = spec ?? {};
  return [
    {
      rule: 'api-down',
      about: available.reason === undefined ? '' : ` (${available.reason})`,
      since: timeOf(available.lastTransitionTime),
      fields: [
        { path: conditionPath('Available', 'status'), value: available.status },
        { path: conditionPath('Available', 'reason'), value: available.reason ?? null },
        { path: conditionPath('Available', 'message'), value: available.message ?? null },
        { path: conditionPath('Available', 'lastTransitionTime'), value: available.lastTransitionTime ?? null },
        ...(service === undefined
          ? []
          : [{ path: 'spec.service', value: `${service.namespace ?? ''}/${service.name ?? ''}` }]),
      ],
    },
  ];
}

function controlPlaneRules(afterMs: number): readonly LastingRule[] {
  return [
    {
      id: 'readyz',
      severity: 'high',
      worse: 'critical',
      afterMs: 0,
      title: 'says that {about} is not ready',
      why: 'An API server that is not ready is taken out of service by what stands before it; without etcd, nothing can be read or changed.',
      next: 'Ask it again, and each of several on its own: {kubectl} get --raw "/readyz?verbose"',
    },
    {
      id: 'starting',
      severity: 'medium',
      afterMs,
      title: 'does not get on with {about}',
      why: 'This part should be through within seconds of a start.',
      next: 'Ask it again, then read its log: {kubectl} get --raw "/readyz?verbose"',
    },
    {
      id: 'api-down',
      severity: 'high',
      afterMs,
      title: 'is not available{about}',
      why: 'What it serves can not be read; namespaces can not be deleted meanwhile, and autoscalers that need it stand still.',
      next: 'See what should serve it, and whether its pods run: {describe}',
    },
  ];
}
