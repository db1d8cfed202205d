import { CodedError } from '../domain/coded-error.ts';
import { openKubernetesReader } from '../providers/kubernetes/open.ts';
import { ClusterAway, type Cluster, type ClusterChoice } from '../providers/kubernetes/reader.ts';
import type { StatefulApp } from './app.ts';

/** A cluster for a command that is about nothing else. Throws CLUSTER_AWAY. */
export async function openCluster(app: StatefulApp, choice: ClusterChoice, signal: AbortSignal): Promise<Cluster> {
  try {
    return await openKubernetesReader(app.provider).cluster(choice, { signal });
  } catch (error) {
    if (!(error instanceof ClusterAway)) throw error;
    throw new CodedError('CLUSTER_AWAY', error.message, { next: 'see what kubectl says of it: kubectl cluster-info' });
  }
}
