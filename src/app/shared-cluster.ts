import type { Together } from '../domain/check.ts';
import { openKubernetesReader } from '../providers/kubernetes/open.ts';
import {
  ClusterAway,
  type Cluster,
  type ClusterChoice,
  type KubernetesReader,
} from '../providers/kubernetes/reader.ts';
import type { StatefulApp } from './app.ts';

/**
 * The cluster as the checks of the same `together` look at it: what they listed is not listed again. null: it can't be
 * reached, and the checks say why.
 */
export async function sharedCluster(
  app: StatefulApp,
  choice: ClusterChoice,
  together: Together,
): Promise<Cluster | null> {
  try {
    const reader = await app.readers.of('kubernetes');
    return await (isKubernetesReader(reader) ? reader : openKubernetesReader(app.provider)).cluster(choice, together);
  } catch (error) {
    if (error instanceof ClusterAway) return null;
    throw error;
  }
}

function isKubernetesReader(reader: unknown): reader is KubernetesReader {
  return typeof reader === 'object' && reader !== null && 'cluster' in reader && 'contexts' in reader;
}
