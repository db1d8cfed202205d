import { CodedError } from '../domain/coded-error.ts';
import type { ProviderDeps } from '../domain/provider-deps.ts';

export interface Readers {
  /** The reader of a provider, made when it is first asked for. NOT_FOUND for a provider that there is not. */
  of(provider: string): Promise<unknown>;
}

/** One line per provider. */
const PROVIDERS: Readonly<Record<string, (deps: ProviderDeps) => Promise<unknown>>> = {
  aws: async (deps) => (await import('./aws/open.ts')).openAwsReader(deps),
  docker: async (deps) => (await import('./docker/open.ts')).openDockerReader(deps),
  host: async (deps) => (await import('./host/open.ts')).openHostReader(deps),
  kubernetes: async (deps) => (await import('./kubernetes/open.ts')).openKubernetesReader(deps),
  mcp: async (deps) => (await import('./mcp/open.ts')).openMcpReader(deps),
  net: async (deps) => (await import('./net/reader.ts')).createNetReader(deps),
  terraform: async (deps) => (await import('./terraform/reader.ts')).createTerraformReader(deps),
  oidc: async (deps) => (await import('./oidc/reader.ts')).createOidcReader(deps),
};

export function openReaders(deps: ProviderDeps): Readers {
  const open = new Map<string, Promise<unknown>>();
  return {
    of: (provider) => {
      const make = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
      if (make === undefined) throw new CodedError('NOT_FOUND', `there is no provider "${provider}"`);
      const reader = open.get(provider) ?? make(deps);
      open.set(provider, reader);
      return reader;
    },
  };
}
