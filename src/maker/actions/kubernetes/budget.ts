import { selects, type Cluster } from '../../../providers/kubernetes/reader.ts';
import { fieldsAt, type Fields } from './object-fields.ts';

/** The disruption budgets over pods with these labels, in words: `web allows 1 more`. */
export async function budgetsOver(
  cluster: Cluster,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const { objects, hidden } = await cluster.list('PodDisruptionBudget', signal);
  const words = objects
    .filter(({ metadata, spec }) => metadata.namespace === namespace && selects(spec?.selector, labels))
    .map(({ metadata, status }) => `${metadata.name} allows ${status?.disruptionsAllowed ?? 0} more away`);
  if (words.length > 0) return words.join(', ');
  return hidden.length > 0 ? 'not known: budgets could not be read' : 'none';
}

/** The labels of a workload's pods. */
export function podLabels(workload: Fields): Readonly<Record<string, string>> {
  const labels = fieldsAt(workload, 'spec', 'template', 'metadata', 'labels');
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
