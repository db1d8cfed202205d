import { setFlagsFromString } from 'node:v8';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { wayTo } from './access.ts';
import { ClusterAway } from './cluster-away.ts';
import { chooseContext, contextNames, readKubeconfig, soughtAt } from './kubeconfig.ts';
import { createKubernetesReader, type Connections, type KubernetesReader } from './reader.ts';
import { createAsk, type Patience } from './transport.ts';

export { ClusterAway };

/** What connecting needs of the world; `serviceAccount` is where a pod finds its credential, elsewhere in a test. */
export type ConnectionDeps = Pick<ProviderDeps, 'env' | 'home' | 'clock' | 'learn'> & {
  readonly serviceAccount?: string;
};

/** The clusters of this machine's kubeconfig. */
export function openKubernetesReader(deps: ProviderDeps): KubernetesReader {
  keepYoungSpaceSmall();
  return createKubernetesReader(openConnections(deps));
}

/** Ways to the clusters of the kubeconfig, which is read anew for each: it may change while Holdfast runs. */
export function openConnections(deps: ConnectionDeps, patience?: Patience): Connections {
  return {
    contexts: async () => {
      const kubeconfig = await readKubeconfig(deps);
      return kubeconfig === null ? [] : contextNames(kubeconfig);
    },
    open: async (wanted) => {
      const kubeconfig = await readKubeconfig(deps);
      if (kubeconfig === null) throw new ClusterAway({ code: 'NO_KUBECONFIG', message: noKubeconfig(deps) });
      const chosen = chooseContext(kubeconfig, wanted);
      const way = wayTo(chosen, deps);
      // Who can't log in is told so here, and not by each list.
      await way.access(null);
      const { origin, pathname } = way.server;
      // Of the clusters behind one Rancher, only the path differs.
      return { context: chosen.name, server: `${origin}${pathname.replace(/\/$/, '')}`, ask: createAsk(way, patience) };
    },
  };
}

function noKubeconfig(deps: ConnectionDeps): string {
  return `There is no kubeconfig, so there is no cluster to look at: ${soughtAt(deps)}. Set $KUBECONFIG, or log in to a cluster (kubectl config view shows what there is).`;
}

/**
 * Of what is parsed here, hundreds of megabytes are garbage at once, and the rest is kept: V8 would let its space for
 * young objects grow to 96 MiB for that, without being any faster (docs/decisions/0015).
 */
function keepYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
