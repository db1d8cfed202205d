import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { createDockerReader, type DockerReader } from './reader.ts';

/** The engines of this machine where they really listen. */
export function openDockerReader({ env, home, platform }: ProviderDeps): DockerReader {
  return createDockerReader({ env, home, platform, system: ['/var/run/docker.sock', '/run/podman/podman.sock'] });
}
