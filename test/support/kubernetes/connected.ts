import { openConnections, type ConnectionDeps } from '../../../src/providers/kubernetes/open.ts';
import { createKubernetesReader, type KubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import type { Patience } from '../../../src/providers/kubernetes/transport.ts';

/** For a test whose server never answers something; what it does answer, it must answer within this. */
export const IMPATIENT: Patience = { headersMs: 1_000, wholeMs: 5_000, tries: 3, pauseMs: 1_000 };

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

export interface Connected {
  readonly reader: KubernetesReader;
  /** What the provider told to hide. */
  readonly learnt: readonly string[];
}

/** The provider's own reader, by a kubeconfig on disk. */
export function connected(
  kubeconfig: string,
  options: { readonly patience?: Patience; readonly deps?: Partial<ConnectionDeps> } = {},
): Connected {
  const learnt: string[] = [];
  const connections = openConnections(
    {
      env: { KUBECONFIG: kubeconfig },
      home: '/nowhere',
      clock,
      learn: (secret) => learnt.push(secret),
      ...options.deps,
    },
    options.patience,
  );
  return { reader: createKubernetesReader(connections), learnt };
}
