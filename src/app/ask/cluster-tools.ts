import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { AgentTool } from '../../domain/models.ts';
import { CodedError } from '../../domain/coded-error.ts';
import type { KubeObject, Pod } from '../../providers/kubernetes/objects.ts';
import { NoAnswer, type Cluster } from '../../providers/kubernetes/reader.ts';
import type { StatefulApp } from '../app.ts';
import { estimateCost } from '../cost.ts';
import { showTopology } from '../topology.ts';
import { sharedCluster } from '../shared-cluster.ts';
import { shown, type ToolsRequest } from './tools.ts';

/** More names than these do not fit a small model's window. */
const NAMES_OFFERED = 60;
/** Of a container's log, lines and bytes. */
const LOG = { lines: 200, bytes: 1024 * 1024 };

/**
 * What may be read of a cluster beside its checks: who relies on whom, what more pods cost, and the end of a log. What
 * may be named was listed before: a name that nobody saw is refused by the schema.
 */
export async function clusterTools(app: StatefulApp, request: ToolsRequest): Promise<readonly AgentTool[]> {
  const cluster = await sharedCluster(app, { context: request.context }, request.together);
  if (cluster === null) return [];
  const pods = await cluster.list('Pod', request.signal);
  const deployments = await cluster.list('Deployment', request.signal);
  const read = request.shelf
    .all()
    .map(({ text }) => text)
    .join('\n');
  const names = likeliestFirst(pods.objects, read);
  const workloads = likeliestFirst(deployments.objects, read);
  return [
    ...(workloads.length === 0 ? [] : [topologyTool(app, request, workloads), costTool(app, request, workloads)]),
    ...(names.length === 0
      ? []
      : [logsTool(app, request, cluster, { pods: names, containers: containersOf(pods.objects) })]),
  ];
}

/** Names that what was read so far speaks of stand first: not all of them may be offered. */
function likeliestFirst(objects: readonly KubeObject[], read: string): readonly string[] {
  const names = objects.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  const isSpokenOf = (name: string): boolean => read.includes(name.slice(name.indexOf('/') + 1));
  return [...names.filter(isSpokenOf), ...names.filter((name) => !isSpokenOf(name))];
}

function containersOf(pods: readonly Pod[]): readonly string[] {
  return pods.flatMap(({ spec }) =>
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name }) => name),
  );
}

function oneOf(values: readonly string[]): JsonObject {
  return { type: 'string', enum: [...new Set(values)].slice(0, NAMES_OFFERED) };
}

function topologyTool(app: StatefulApp, request: ToolsRequest, workloads: readonly string[]): AgentTool {
  return {
    name: 'topology',
    description: 'Who routes to, selects, mounts and scales a Deployment (namespace/name), and what it relies on.',
    input: {
      type: 'object',
      additionalProperties: false,
      required: ['workload'],
      properties: { workload: oneOf(workloads) },
    },
    run: async (input, signal) => {
      const workload = `deployment/${named(input['workload'])}`;
      const { topology } = await showTopology(app, { context: request.context }, workload, signal);
      const edges = topology.edges.map(({ from, relation, to }) => `${from} ${relation} ${to}`);
      return shown(app, request.shelf, 'topology', input, edges.join('\n') || 'Nothing is known to touch it.');
    },
  };
}

function costTool(app: StatefulApp, request: ToolsRequest, workloads: readonly string[]): AgentTool {
  return {
    name: 'cost',
    description: "What more or fewer pods of a Deployment cost a month, by the operator's own prices.",
    input: {
      type: 'object',
      additionalProperties: false,
      required: ['workload', 'pods'],
      properties: { workload: oneOf(workloads), pods: { type: 'integer', minimum: -100, maximum: 100 } },
    },
    run: async (input, signal) => {
      const pods = typeof input['pods'] === 'number' ? input['pods'] : 0;
      const workload = `deployment/${named(input['workload'])}`;
      const text = await estimateCost(app, { context: request.context }, { pods, workload }, signal).then(
        ({ cost }) => JSON.stringify(cost),
        (error: unknown) => {
          if (error instanceof CodedError) return `Not known: ${error.message}`;
          throw error;
        },
      );
      return shown(app, request.shelf, 'cost', input, text);
    },
  };
}

function logsTool(
  app: StatefulApp,
  request: ToolsRequest,
  cluster: Cluster,
  { pods, containers }: { readonly pods: readonly string[]; readonly containers: readonly string[] },
): AgentTool {
  return {
    name: 'logs',
    description:
      'The last lines of the log of a pod (namespace/name); of one of its containers, where it has several; of its run before with previous.',
    input: {
      type: 'object',
      additionalProperties: false,
      required: ['pod'],
      properties: { pod: oneOf(pods), container: oneOf(containers), previous: { type: 'boolean' } },
    },
    run: async (input, signal) => {
      const [namespace = '', name = ''] = named(input['pod']).split('/');
      const query = new URLSearchParams({
        tailLines: String(LOG.lines),
        limitBytes: String(LOG.bytes),
        ...(typeof input['container'] === 'string' ? { container: input['container'] } : {}),
        ...(input['previous'] === true ? { previous: 'true' } : {}),
      });
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log?${query.toString()}`;
      return shown(app, request.shelf, 'logs', input, await logText(app, cluster, path, signal));
    },
  };
}

/** The schema lets nothing else through than a name that was offered. */
function named(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The end counts: what is too long loses its beginning; redacted whole before, as half a secret is not known any more. */
async function logText(
  { redactor }: StatefulApp,
  cluster: Cluster,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    const answer = await cluster.raw(path, signal);
    const text = redactor.text(wholeLines(answer.body));
    if (answer.status !== 200) return `The log can not be read (HTTP ${answer.status}): ${text.slice(0, 300)}`;
    return text.trim() === '' ? 'The log is empty.' : text.slice(-LAST_CHARACTERS);
  } catch (error) {
    if (error instanceof NoAnswer) return `The log can not be read: ${error.message}`;
    throw error;
  }
}

/** The API ends in the middle of a line where the limit is: that line, and half a secret in it, is left out. */
function wholeLines(body: string): string {
  return Buffer.byteLength(body) < LOG.bytes ? body : body.slice(0, body.lastIndexOf('\n') + 1);
}

/** What fits an exhibit. */
const LAST_CHARACTERS = 7_500;
