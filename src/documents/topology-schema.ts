import * as z from 'zod';

const thing = z.strictObject({
  kind: z.string(),
  namespace: z.string().nullable().describe('null: it belongs to none'),
  name: z.string(),
});

export const topologySchema = z
  .strictObject({
    cluster: z.strictObject({
      uid: z.string().describe('uid of the namespace kube-system'),
      context: z.string(),
      server: z.string(),
    }),
    focus: z
      .strictObject({ key: z.string(), dependents: z.array(z.string()) })
      .nullable()
      .describe('The thing that was asked about, and what relies on it; null: all was asked for'),
    nodes: z.array(
      thing.extend({
        key: z.string().describe('What edges name it by'),
        pods: z.int().nullable().describe('Pods of it that were seen; null: it has none by its nature'),
        exists: z.boolean().nullable().describe('false: others name it, and it is not there; null: not known'),
      }),
    ),
    edges: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        relation: z.string().describe('owns, selects, routes, mounts, reads, scales, protects, restricts, runs-as, …'),
        detail: z.string().nullable(),
      }),
    ),
    hidden: z.array(
      z.strictObject({
        kind: z.string(),
        namespace: z.string().nullable(),
        failure: z.strictObject({ code: z.string(), message: z.string() }),
      }),
    ),
  })
  .describe('Who relies on whom in a cluster');
