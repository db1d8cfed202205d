import * as z from 'zod';
import { showTopology } from '../../app/topology.ts';
import { topologyDocument } from '../../documents/topology.ts';
import { topologySchema } from '../../documents/topology-schema.ts';
import { defineTool } from '../tool.ts';

export const topologyTool = defineTool({
  name: 'topology',
  title: 'Who relies on whom in a cluster',
  description: 'Who routes to, selects, mounts, scales and owns what in a Kubernetes cluster, read now.',
  kind: 'live',
  input: z.strictObject({
    resource: z
      .string()
      .max(300)
      .optional()
      .describe('Only what touches it: `deployment/prod/web`, `prod/web` or `web`'),
    context: z.string().max(300).optional().describe('Context of the kubeconfig; the current one by default'),
    namespaces: z.array(z.string().max(300)).max(50).default([]),
  }),
  output: topologySchema,
  run: async ({ app, signal, onProgress }, { resource, context, namespaces }) => {
    onProgress('reading the cluster');
    return topologyDocument(await showTopology(app, { context, namespaces }, resource ?? null, signal));
  },
});
