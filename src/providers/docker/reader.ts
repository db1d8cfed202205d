import { seen, type Looked } from '../../domain/failure.ts';
import { askEngine, askForJson } from './ask.ts';
import { parseContainer, parseContainers, type Container, type ListedContainer } from './container.ts';
import { parseEngine, type Engine } from './engine.ts';
import { findSockets, type SocketPlaces } from './sockets.ts';

export type { Container, Engine, ListedContainer };

/**
 * The container engines of this machine, Docker or Podman, by their socket: nothing is asked but GET. It judges
 * nothing; trouble is a value, only an abort is thrown. Of what an engine says of a container, only the named fields
 * are kept: no environment, no command, no labels, no output of health checks.
 */
export interface DockerReader {
  /** The sockets that are there, by their real paths; empty where there is no engine. */
  sockets(): Promise<Looked<readonly string[]>>;
  /** Who answers at a socket, and the version of the interface to speak with it. */
  engine(socket: string, signal: AbortSignal): Promise<Looked<Engine>>;
  /** All containers, those that do not run among them. */
  containers(engine: Engine, signal: AbortSignal): Promise<Looked<readonly ListedContainer[]>>;
  /** One container; null when it is gone. */
  container(engine: Engine, id: string, signal: AbortSignal): Promise<Looked<Container | null>>;
}

export function createDockerReader(places: SocketPlaces): DockerReader {
  return {
    sockets: () => findSockets(places),
    engine: (socket, signal) =>
      askForJson({ socket, path: '/version', limitBytes: 256 * 1024, signal }, (body) => parseEngine(body, socket)),
    containers: ({ socket, api }, signal) =>
      askForJson(
        { socket, path: `/v${api}/containers/json?all=1`, limitBytes: 16 * 1024 * 1024, signal },
        parseContainers,
      ),
    container: async ({ socket, api }, id, signal) => {
      const question = { socket, path: `/v${api}/containers/${id}/json`, limitBytes: 4 * 1024 * 1024, signal };
      const answer = await askEngine(question);
      if (answer.status === 'seen' && answer.value.status === 404) return seen(null);
      return askForJson(question, parseContainer, answer);
    },
  };
}
