import { z } from 'zod';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Cause } from './statuses.ts';

/** A deployment as the fake keeps it. */
export interface Kept {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  resourceVersion: number;
  generation: number;
  replicas: number;
  /** What the status says; it follows the spec when the test lets it. */
  statusReplicas: number;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

const CREATED = '2026-11-20T16:10:50Z';

/** As in deployments.json, but for what nobody here reads (managedFields, strategy). */
export function deploymentDocument(kept: Kept): JsonObject {
  const selector = { app: kept.name };
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: {
      name: kept.name,
      namespace: kept.namespace,
      uid: kept.uid,
      resourceVersion: String(kept.resourceVersion),
      generation: kept.generation,
      creationTimestamp: CREATED,
      labels: { ...selector, ...kept.labels },
    },
    spec: {
      replicas: kept.replicas,
      selector: { matchLabels: selector },
      template: { metadata: { labels: selector }, spec: { containers: [{ name: kept.name, image: kept.image }] } },
    },
    status: {
      observedGeneration: kept.generation,
      replicas: kept.statusReplicas,
      updatedReplicas: kept.statusReplicas,
      readyReplicas: kept.statusReplicas,
      availableReplicas: kept.statusReplicas,
    },
  };
}

/** As in scale-get.json and patch-scale-dryrun.json: nought is left out of the spec. */
export function scaleDocument(kept: Kept): JsonObject {
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name: kept.name,
      namespace: kept.namespace,
      uid: kept.uid,
      resourceVersion: String(kept.resourceVersion),
      creationTimestamp: CREATED,
    },
    spec: kept.replicas === 0 ? {} : { replicas: kept.replicas },
    status: { replicas: kept.statusReplicas, selector: `app=${kept.name}` },
  };
}

/** The one form of a new deployment that the fake takes; anything else it has no answer for. */
export const newDeploymentSchema = z.object({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    replicas: z.number().int(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string() })) }),
    }),
  }),
});
export type NewDeployment = z.infer<typeof newDeploymentSchema>;

const NAME = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

/** What the API server finds wrong with it, in the words and the order of 422-invalid.json. */
export function mistakesIn({ metadata, spec }: NewDeployment): readonly Required<Cause>[] {
  const found: Required<Cause>[] = [];
  if (!new RegExp(`^(?:${NAME})$`).test(metadata.name))
    found.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: "${metadata.name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${NAME}')`,
      field: 'metadata.name',
    });
  found.push(...replicaMistakes(spec.replicas));
  const labels = spec.template.metadata.labels;
  if (Object.entries(spec.selector.matchLabels).some(([key, value]) => labels[key] !== value))
    found.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
      field: 'spec.template.metadata.labels',
    });
  if (spec.template.spec.containers.length === 0)
    found.push({ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.template.spec.containers' });
  return found;
}

export function replicaMistakes(replicas: number): readonly Required<Cause>[] {
  if (replicas >= 0) return [];
  const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
  return [{ reason: 'FieldValueInvalid', message, field: 'spec.replicas' }];
}
