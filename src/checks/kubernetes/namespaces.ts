import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import type { KubernetesReader, Namespace } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { percentParam } from '../percent-param.ts';
import { clusterShape } from './cluster-params.ts';
import { judgeLasting } from './lasting-judgement.ts';
import { conditionPath, sampleLasting, seeLasting, timeOf, type LastingProblem } from './lasting.ts';
import { judgeQuota, quotaAsFacts } from './quota-use.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

const namespacesParams = z.strictObject({
  ...clusterShape,
  terminatingAfter: durationParam('1m', '7d')
    .prefault('10m')
    .describe('How long a namespace may take to be deleted before it is reported.'),
  quota: percentParam().default(90).describe('Report a quota of which this much is used.'),
});
type NamespacesParams = z.output<typeof namespacesParams>;

export const check: Check<KubernetesReader, NamespacesParams> = {
  id: 'kubernetes/namespaces',
  title: 'Namespaces and their quotas',
  keywords: ['namespace', 'quota', 'terminating'],
  description: `Looks at the namespaces of a cluster and at their resource quotas.

Reports:
- **terminating** (medium) a namespace that is still being deleted \`terminatingAfter\` the beginning, with the conditions that hold it up: finalizers or content that remain, or an API that does not answer (see \`kubernetes/control-plane\`).
- **quota:** with the resource (low from \`quota\` percent, medium when it is used up or exceeded), over once it is 5 below. A resource of which nothing may be had and nothing is had is meant.

Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: namespacesParams,
  timeoutMs: 60_000,

  read(reader, params, context) {
    // Neither needs the other: what can't be read hides itself alone.
    return lookAtCluster(reader, params, context, { needs: [], helps: ['Namespace', 'ResourceQuota'] }, (scene) =>
      seeNamespaces(scene, context),
    );
  },

  judge(seen, { terminatingAfter, quota }, history) {
    return [...judgeLasting(seen, [terminatingRule(terminatingAfter)], history), ...judgeQuota(seen, quota, history)];
  },

  sample: sampleLasting,
  summary: tallyWords,
};

function terminatingRule(afterMs: number) {
  return {
    id: 'terminating',
    severity: 'medium',
    afterMs,
    title: 'can not be deleted{about}',
    why: 'Nothing can be made in it, and its name is not free, until what holds it up is out of the way.',
    next: 'Read which content or API holds it up: {yaml}, under status.conditions',
  } as const;
}

function seeNamespaces(scene: Scene, context: ReadContext): readonly Observation[] {
  return [
    ...scene
      .all('Namespace')
      .filter(({ metadata }) => scene.cluster.includes(metadata.name))
      .flatMap((namespace) => seeLasting(scene, context, namespace, terminating(namespace))),
    ...scene.all('ResourceQuota').flatMap((quota) => {
      const facts = quotaAsFacts(scene.cluster.context, quota);
      return facts === null ? [] : [scene.see(quota, facts)];
    }),
  ];
}

/** How much of a condition's message stands in a title. */
const MESSAGE_SHOWN = 160;

function terminating({ metadata, status }: Namespace): readonly LastingProblem[] {
  if (metadata.deletionTimestamp === undefined && status?.phase !== 'Terminating') return [];
  const blocking = (status?.conditions ?? []).filter((condition) => condition.status === 'True');
  const [first] = blocking;
  return [
    {
      rule: 'terminating',
      about:
        first === undefined
          ? ''
          : `: ${first.reason ?? first.type}, ${printableStart(first.message ?? '', MESSAGE_SHOWN)}`,
      since: timeOf(metadata.deletionTimestamp),
      fields: [
        { path: 'metadata.deletionTimestamp', value: metadata.deletionTimestamp ?? null },
        { path: 'status.phase', value: status?.phase ?? null },
        ...blocking.map(({ type, message }) => ({ path: conditionPath(type, 'message'), value: message ?? null })),
      ],
    },
  ];
}
