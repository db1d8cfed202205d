import * as z from 'zod';
import type { Failure, Hidden } from '../../domain/check.ts';
import { printable, printableStart } from '../../domain/printable.ts';
import { everyResource } from '../../domain/resource-id.ts';
import { jsonOf, NoAnswer, statusOf, type Answer, type Pod } from '../../providers/kubernetes/reader.ts';
import type { Scene } from './scene.ts';

/** How full the volume of a claim is, as the kubelet of a node that mounts it measures it. */
export interface ClaimUse {
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly percent: number;
  /** null: not measured. */
  readonly inodesPercent: number | null;
  readonly node: string;
}

export interface VolumeUse {
  /** By `namespace/name` of the claim. */
  readonly byClaim: ReadonlyMap<string, ClaimUse>;
  readonly hidden: readonly Hidden[];
}

/** How many kubelets are asked at the same time. */
const AT_ONCE = 8;

/** Asks the kubelets of the nodes whose pods mount claims, through the API server. */
export async function measureVolumes(scene: Scene): Promise<VolumeUse> {
  const nodes = [
    ...new Set(
      scene
        .all('Pod')
        .filter(mountsClaim)
        .flatMap(({ nodeName }) => nodeName ?? []),
    ),
  ];
  const byClaim = new Map<string, ClaimUse>();
  const failures: { readonly node: string; readonly failure: Failure }[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let node = nodes[next++]; node !== undefined; node = nodes[next++]) {
      const looked = await askKubelet(scene, node);
      if ('failure' in looked) failures.push({ node, failure: looked.failure });
      else for (const [claim, use] of looked.uses) keepFuller(byClaim, claim, use);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { byClaim, hidden: hiddenUses(scene, failures) };
}

function mountsClaim({ spec, status }: Pod): boolean {
  const isMounted = status?.phase === 'Running' || status?.phase === 'Pending';
  return (
    isMounted &&
    (spec?.volumes ?? []).some((volume) => volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined)
  );
}

/** Several nodes may mount one claim, and measure it at different times. */
function keepFuller(uses: Map<string, ClaimUse>, claim: string, use: ClaimUse): void {
  const other = uses.get(claim);
  if (other === undefined || use.percent > other.percent) uses.set(claim, use);
}

const volumeStats = z.object({
  pvcRef: z.object({ name: z.string(), namespace: z.string() }).optional(),
  capacityBytes: z.number().optional(),
  availableBytes: z.number().optional(),
  inodes: z.number().optional(),
  inodesFree: z.number().optional(),
});
/** The part of a kubelet's /stats/summary that tells of volumes. */
const statsSummary = z.object({ pods: z.array(z.object({ volume: z.array(volumeStats).optional() })).optional() });

type Looked = { readonly uses: readonly (readonly [string, ClaimUse])[] } | { readonly failure: Failure };

async function askKubelet(scene: Scene, node: string): Promise<Looked> {
  let answer: Answer;
  try {
    answer = await scene.cluster.raw(`/api/v1/nodes/${encodeURIComponent(node)}/proxy/stats/summary`, scene.signal);
  } catch (error) {
    if (error instanceof NoAnswer) return { failure: { code: error.code, message: error.message } };
    throw error;
  }
  if (answer.status !== 200) return { failure: refusal(answer) };
  const summary = statsSummary.safeParse(jsonOf(answer.body));
  if (!summary.success)
    return { failure: { code: 'ANSWER_INVALID', message: 'What the kubelet answered is no summary of its volumes.' } };
  const volumes = (summary.data.pods ?? []).flatMap(({ volume }) => volume ?? []);
  return { uses: volumes.flatMap((volume) => useOf(volume, node)) };
}

function useOf(
  { pvcRef, capacityBytes = 0, availableBytes, inodes = 0, inodesFree }: z.output<typeof volumeStats>,
  node: string,
): (readonly [string, ClaimUse])[] {
  // A volume of no size (a file server that does not tell, say) is never full.
  if (pvcRef === undefined || availableBytes === undefined || capacityBytes <= 0) return [];
  const use = {
    capacityBytes,
    availableBytes,
    percent: percentUsed(capacityBytes, availableBytes),
    inodesPercent: inodesFree === undefined || inodes <= 0 ? null : percentUsed(inodes, inodesFree),
    node,
  };
  return [[`${pvcRef.namespace}/${pvcRef.name}`, use]];
}

function percentUsed(all: number, free: number): number {
  return Math.min(100, Math.max(0, ((all - free) / all) * 100));
}

function refusal(answer: Answer): Failure {
  const words = printableStart(statusOf(answer).message, 200);
  if (answer.status === 403)
    return {
      code: 'FORBIDDEN',
      message: `May not ask the kubelets: ${words}. This rule allows it, and much more: {apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"]}.`,
    };
  return {
    code: `HTTP_${answer.status}`,
    message: `Asked for its volumes, a kubelet answered ${answer.status}: ${words}`,
  };
}

/** One for each reason: a right that is missing is missing at every node. */
function hiddenUses(
  { cluster }: Scene,
  failures: readonly { readonly node: string; readonly failure: Failure }[],
): readonly Hidden[] {
  return [...Map.groupBy(failures, ({ failure }) => failure.code).values()].flatMap((group): Hidden[] => {
    const [first] = group;
    if (first === undefined) return [];
    const others = group.length > 1 ? ` and ${group.length - 1} more` : '';
    return [
      {
        status: 'unknown',
        resource: everyResource('kubernetes', cluster.uid, 'persistentvolumeclaim'),
        name: printable(`use of the volumes on ${first.node}${others}`),
        failure: first.failure,
      },
    ];
  });
}
