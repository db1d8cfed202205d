import type * as z from 'zod';
import type { topologySchema } from './topology-schema.ts';

/** What a topology is made of, whoever read it. */
interface Shown {
  readonly cluster: { readonly uid: string; readonly context: string; readonly server: string };
  readonly focus: { readonly key: string; readonly dependents: readonly string[] } | null;
  readonly topology: {
    readonly nodes: ReadonlyMap<
      string,
      {
        readonly kind: string;
        readonly namespace: string | null;
        readonly name: string;
        readonly pods: number | null;
        readonly exists: boolean | null;
      }
    >;
    readonly edges: readonly {
      readonly from: string;
      readonly to: string;
      readonly relation: string;
      readonly detail: string | null;
    }[];
    readonly hidden: readonly {
      readonly kind: string;
      readonly namespace: string | null;
      readonly failure: { readonly code: string; readonly message: string };
    }[];
  };
}

export function topologyDocument({ cluster, focus, topology }: Shown): z.infer<typeof topologySchema> {
  return {
    cluster: { ...cluster },
    focus: focus === null ? null : { key: focus.key, dependents: [...focus.dependents] },
    nodes: [...topology.nodes].map(([key, { kind, namespace, name, pods, exists }]) => ({
      key,
      kind,
      namespace,
      name,
      pods,
      exists,
    })),
    edges: topology.edges.map((edge) => ({ ...edge })),
    hidden: topology.hidden.map(({ kind, namespace, failure: { code, message } }) => ({
      kind,
      namespace,
      failure: { code, message },
    })),
  };
}
