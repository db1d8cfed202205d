import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Answer } from '../../../src/providers/kubernetes/call.ts';
import { KINDS } from '../../../src/providers/kubernetes/kinds.ts';
import { createApi, text, type FakeApi, type StoredObject } from './api.ts';
import { createAuthorizer, type Authorizer } from './rbac.ts';

const folder = join(
  process.env['RECORDINGS_DIR'] ?? fileURLToPath(new URL('../../../../shared/recordings', import.meta.url)),
  'k8s',
);

/** False where the recordings are not at hand: tests of the recorded cluster are skipped then. */
export const hasRecordings = existsSync(join(folder, 'pods-all.json'));

const recordingSchema = z.object({
  as: z.string(),
  request: z.object({ method: z.string(), path: z.string(), body: z.unknown().optional() }),
  response: z.object({
    status: z.number(),
    headers: z.record(z.string(), z.string()),
    json: z.record(z.string(), z.unknown()).optional(),
    body: z.string().optional(),
  }),
});
export type Recording = z.infer<typeof recordingSchema>;

/** One exchange as it was recorded: `403-reader-nodes`. */
export function recording(name: string): Recording {
  return recordingSchema.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
}

/** Its answer, to be given again. */
export function recordedAnswer(name: string): Answer {
  const { response } = recording(name);
  return {
    status: response.status,
    headers: Object.fromEntries(
      Object.entries(response.headers).filter(([header]) => ['content-type', 'retry-after'].includes(header)),
    ),
    body: response.json === undefined ? (response.body ?? '') : JSON.stringify(response.json),
  };
}

/** Whole lists, as the admin saw them. Of config maps and secrets, those of one namespace were recorded. */
const LISTS =
  'pods-all nodes namespaces deployments replicasets statefulsets daemonsets jobs cronjobs events-core services endpoints-deprecated endpointslices ingresses networkpolicies pvcs pvs storageclasses hpas pdbs resourcequotas clusterroles clusterrolebindings roles rolebindings serviceaccounts configmaps-prod secrets-prod apiservices crds leases'.split(
    ' ',
  );

const listSchema = z.object({
  kind: z.string(),
  apiVersion: z.string(),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }) })),
});

/** Every object of the recorded cluster, each with the kind that the items of a list lack. */
export function recordedObjects(): readonly StoredObject[] {
  return LISTS.flatMap((name) => {
    const { kind, apiVersion, items } = listSchema.parse(recording(name).response.json);
    return items.map((item) => ({ ...item, kind: kind.replace(/List$/, ''), apiVersion }) as StoredObject);
  });
}

/** The recorded cluster: its objects (`more` put over them), its paths, its groups, and its dead metrics API. */
export function recordedApi(...more: readonly StoredObject[]): FakeApi {
  const api = createApi([...recordedObjects(), ...more]);
  for (const name of ['version', 'api', 'apis', 'readyz-verbose', 'livez', 'metrics-api-unavailable'])
    api.say(recording(name).request.path, recordedAnswer(name));
  const groups = z
    .object({ groups: z.array(z.object({ name: z.string() })) })
    .parse(recording('apis').response.json)
    .groups.map(({ name }) => name);
  const served = new Set([
    ...groups,
    ...Object.values(KINDS).flatMap(({ optional, group }) => (optional === true ? [] : [group])),
  ]);
  return {
    ...api,
    answer: (call) => {
      const [, group = ''] = /^\/apis\/([^/?]+)\//.exec(call.path) ?? [];
      if (group === 'metrics.k8s.io') return recordedAnswer('metrics-api-unavailable');
      return group === '' || served.has(group) ? api.answer(call) : text(404, '404 page not found\n');
    },
  };
}

/** Who may do what there, by its recorded roles and bindings. */
export function recordedAuthorizer(): Authorizer {
  return createAuthorizer(recordedObjects());
}
