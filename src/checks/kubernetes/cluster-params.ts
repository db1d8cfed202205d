import * as z from 'zod';

const name = z.string().min(1);

/** What every check of a cluster takes: which one, and which part of it. */
export const clusterShape = {
  context: name
    .optional()
    .describe('The context of the kubeconfig; the current one by default, which follows `kubectl config use-context`.'),
  namespaces: z
    .array(name)
    .default([])
    .describe('Only these namespaces: names, of which the lists are read one by one, or patterns with `*`.'),
  excludeNamespaces: z.array(name).default([]).describe('Not these: names, or patterns with `*`.'),
  mayBeMissing: z
    .boolean()
    .default(false)
    .describe('Where there is no kubeconfig at all, there is nothing to look at; otherwise that is unknown.'),
};

export const clusterParams = z.strictObject(clusterShape);
export type ClusterParams = z.infer<typeof clusterParams>;
