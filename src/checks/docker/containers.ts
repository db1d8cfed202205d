import { matchesGlob } from 'node:path';
import type { Check, Failure, Hidden, Observation } from '../../domain/check.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { Container, DockerReader, Engine, ListedContainer } from '../../providers/docker/reader.ts';
import { containerFacts, containerSample, type ContainerFacts } from './container-facts.ts';
import { judgeContainer, judgeMissing } from './container-judgement.ts';
import { containersParams, type ContainersParams } from './containers-params.ts';

export const check: Check<DockerReader, ContainersParams> = {
  id: 'docker/containers',
  title: 'Containers of Docker and Podman',
  keywords: ['container', 'docker', 'podman', 'compose', 'image', 'restart'],
  description: `Asks the container engines of this machine over their sockets how their containers are doing. Nothing is asked but \`GET /version\`, the list of containers, and the details of those that the list does not settle: environment, command, labels and the output of health checks are not kept. Looked for: \`DOCKER_HOST\` and \`CONTAINER_HOST\` when they name a socket, those of this user under \`XDG_RUNTIME_DIR\`, \`/var/run/docker.sock\` and \`/run/podman/podman.sock\`.

Reports:
- **state** (high) when a container that should run does not. One should when its restart policy is \`always\`, \`unless-stopped\` or \`on-failure\`, and it ended with another exit code than nought or could not be started; or when it is named in \`mustRun\`. Exit codes 130, 137 and 143 are what \`docker stop\` leaves behind, so that they count only for \`mustRun\` and where the engine gave up after its tries.
- **restarts** when it waits between two starts just now (high), or was started again \`restarts\` times since the look before.
- **health** (high) when its own health check says that it is unhealthy.
- **memory** when it was killed for want of memory (high), or a program in it was while it went on (medium). Of a container that nobody expects to run this is said for a day.

Where no engine listens there is nothing to look at, and that is no finding, unless \`mustRun\` or \`socket\` says otherwise. An engine that may not be asked, does not answer or answers something else is unknown. Containers that have been up for two days and more are taken at the word of the list. Old tasks of a Swarm count as what they are: containers without a restart policy.

Tried against servers that speak the documented interface (Docker Engine API 1.24 to 1.50, also read by the docker command itself), not against an engine.`,
  standalone: true,
  params: containersParams,
  timeoutMs: 60_000,

  async read(reader, params, { signal }) {
    const sockets =
      params.socket === undefined ? await reader.sockets() : { status: 'seen' as const, value: [params.socket] };
    if (sockets.status === 'unknown')
      return [{ status: 'unknown', resource: 'docker:local/*', name: 'all containers', failure: sockets.failure }];
    const looks: EngineLook[] = [];
    for (const socket of sockets.value) looks.push(await lookAtEngine(reader, socket, params, signal));
    return [...looks.flatMap(({ observations }) => observations), ...lookForMissing(looks, params)];
  },

  judge(seen, params, history) {
    const facts = containerFacts.parse(seen.facts);
    return facts.about === 'missing' ? [judgeMissing(facts)] : judgeContainer(facts, params, history);
  },

  sample(seen) {
    const facts = containerFacts.parse(seen.facts);
    return facts.about === 'missing' || facts.details === null
      ? null
      : containerSample.parse({ id: facts.id, restartCount: facts.details.restartCount });
  },
};

interface EngineLook {
  readonly observations: readonly Observation[];
  /** Why there is no telling what this engine runs. */
  readonly hidden: Hidden | null;
  readonly engine: string;
  readonly names: readonly string[];
}

async function lookAtEngine(
  reader: DockerReader,
  socket: string,
  params: ContainersParams,
  signal: AbortSignal,
): Promise<EngineLook> {
  const engine = await reader.engine(socket, signal);
  if (engine.status === 'unknown') return unknownEngine(socket, engine.failure);
  const listed = await reader.containers(engine.value, signal);
  if (listed.status === 'unknown') return unknownEngine(socket, listed.failure);
  const wanted = listed.value.filter(({ name }) => !params.exclude.some((pattern) => matchesGlob(name, pattern)));
  return {
    observations: await lookAtAll(reader, engine.value, wanted, params, signal),
    hidden: null,
    engine: `${engine.value.name} at ${socket}`,
    names: listed.value.map(({ name }) => name),
  };
}

function unknownEngine(socket: string, failure: Failure): EngineLook {
  const resource = `${resourceId('docker', 'local', 'container', socket)}/*`;
  const hidden: Hidden = { status: 'unknown', resource, name: `the containers of ${socket}`, failure };
  return { observations: [hidden], hidden, engine: socket, names: [] };
}

/** How many containers are asked for one by one, and how many at the same time. */
const DETAILS_AT_MOST = 500;
const AT_ONCE = 4;

async function lookAtAll(
  reader: DockerReader,
  engine: Engine,
  wanted: readonly ListedContainer[],
  params: ContainersParams,
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const observations: (Observation | null)[] = wanted.map((listed) =>
    saysEnough(listed) ? seenAs(engine, listed, null, params) : null,
  );
  const open = [...wanted.entries()].filter(([index]) => observations[index] === null);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let turn = next++; turn < open.length; turn = next++) {
      const [index, listed] = open[turn] ?? [];
      if (index === undefined || listed === undefined) return;
      observations[index] =
        turn < DETAILS_AT_MOST ? await lookAtOne(reader, engine, listed, params, signal) : tooMany(engine, listed);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return observations.filter((observation) => observation !== null);
}

/**
 * One that has been up for days was not started again since the last look. What the list says comes from Docker
 * ("Up 3 days (healthy)") and is for people: whatever differs is asked about.
 */
function saysEnough({ state, status }: ListedContainer): boolean {
  return state === 'running' && /^Up \d+ (?:days|weeks|months|years)(?: \(healthy\))?$/.test(status);
}

async function lookAtOne(
  reader: DockerReader,
  engine: Engine,
  listed: ListedContainer,
  params: ContainersParams,
  signal: AbortSignal,
): Promise<Observation | null> {
  const container = await reader.container(engine, listed.id, signal);
  if (container.status === 'unknown')
    return { status: 'unknown', ...identityOf(engine, listed), failure: container.failure };
  return container.value === null ? null : seenAs(engine, listed, container.value, params);
}

function tooMany(engine: Engine, listed: ListedContainer): Observation {
  return {
    status: 'unknown',
    ...identityOf(engine, listed),
    failure: {
      code: 'TOO_MANY',
      message: `${engine.name} has more than ${DETAILS_AT_MOST} containers to be looked at; remove old ones (${engine.command} container prune) or leave some out with "exclude".`,
    },
  };
}

function seenAs(
  engine: Engine,
  listed: ListedContainer,
  details: Container | null,
  params: ContainersParams,
): Observation {
  const facts: ContainerFacts = {
    about: 'container',
    engine: engine.name,
    command: engine.command,
    socket: engine.socket,
    id: listed.id,
    container: listed.name,
    image: listed.image,
    // Between the list and the details it may have moved on.
    state: details?.state ?? listed.state,
    status: listed.status,
    mustRun: params.mustRun.includes(listed.name),
    details:
      details === null
        ? null
        : {
            exitCode: details.exitCode,
            error: details.error,
            oomKilled: details.oomKilled,
            startedAt: details.startedAt,
            finishedAt: details.finishedAt,
            restartCount: details.restartCount,
            restartPolicy: { ...details.restartPolicy },
            health: details.health === null ? null : { ...details.health },
          },
  };
  return { status: 'seen', ...identityOf(engine, listed), facts };
}

/** By name: the id of a container changes whenever it is made anew, which is every update. */
function identityOf({ socket }: Engine, { name }: ListedContainer): Pick<Observation, 'resource' | 'name'> {
  return { resource: resourceId('docker', 'local', 'container', `${socket}/${name}`), name };
}

/** Those that must run and are nowhere. While one engine can not be asked, they might be there. */
function lookForMissing(looks: readonly EngineLook[], params: ContainersParams): readonly Observation[] {
  const known = new Set(looks.flatMap(({ names }) => names));
  const hidden = looks.find((look) => look.hidden !== null)?.hidden ?? null;
  return params.mustRun
    .filter((name) => !known.has(name))
    .map((name) => {
      const identity = { resource: resourceId('docker', 'local', 'must-run', name), name };
      return hidden === null
        ? {
            status: 'seen',
            ...identity,
            facts: { about: 'missing', container: name, engines: looks.map(({ engine }) => engine) },
          }
        : { status: 'unknown', ...identity, failure: hidden.failure };
    });
}
