import type { Cluster } from '../../../providers/kubernetes/reader.ts';
import { NOT_KNOWN, type Known } from './known.ts';

/** The name of the autoscaler that sets this workload's replicas; null: there is none. */
export async function autoscalerOf(
  cluster: Cluster,
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<Known<string | null>> {
  const { objects, hidden } = await cluster.list('HorizontalPodAutoscaler', signal);
  const found = objects.find(
    ({ metadata, spec }) =>
      metadata.namespace === namespace && spec?.scaleTargetRef?.kind === kind && spec.scaleTargetRef.name === name,
  );
  if (found !== undefined) return found.metadata.name;
  return hidden.length > 0 ? NOT_KNOWN : null;
}
