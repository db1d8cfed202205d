import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';

export interface SocketPlaces {
  /** `DOCKER_HOST` and `CONTAINER_HOST` count when they name a socket of this machine. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Where the engines of the system listen. */
  readonly system: readonly string[];
}

/** The sockets where engines listen, each once: several of the usual names may lead to the same one. */
export async function findSockets(places: SocketPlaces): Promise<Looked<readonly string[]>> {
  if (places.platform === 'win32')
    return unknown(
      'NOT_ON_WINDOWS',
      'Container engines can be looked at by their socket only, which Windows has none of.',
    );
  const found = await Promise.all(candidates(places).map(socketAt));
  return seen([...new Set(found.filter((path) => path !== null))]);
}

function candidates({ env, home, platform, system }: SocketPlaces): readonly string[] {
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    ...[env['DOCKER_HOST'], env['CONTAINER_HOST']].map((host) => /^unix:\/\/(\/.+)$/.exec(host ?? '')?.[1]),
    ...(runtime !== undefined && isAbsolute(runtime)
      ? [join(runtime, 'docker.sock'), join(runtime, 'podman/podman.sock')]
      : []),
    ...system,
    ...(platform === 'darwin' ? [join(home, '.docker/run/docker.sock')] : []),
  ].filter((path) => path !== undefined);
}

/**
 * Its real path when it is a socket. One in a folder that this user may not enter (`/run/podman` is there, for root
 * alone, on machines without Podman running too) counts as not there: whoever means it names it.
 */
async function socketAt(path: string): Promise<string | null> {
  try {
    return (await stat(path)).isSocket() ? await realpath(path) : null;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
