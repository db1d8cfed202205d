import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Together } from '../domain/check.ts';
import type { ClusterChoice } from '../providers/kubernetes/reader.ts';
import type { StatefulApp } from './app.ts';

/** What there is to be asked on this machine, without a runbook that says so. */
export interface Connected {
  readonly providers: ReadonlySet<string>;
  /** Providers that are not there, and how that is known. */
  readonly missing: readonly { readonly provider: string; readonly why: string }[];
}

export async function connectedProviders(app: StatefulApp): Promise<Connected> {
  const { openDockerReader } = await import('../providers/docker/open.ts');
  const sockets = await openDockerReader(app.provider).sockets();
  const contexts = mayHaveKubeconfig(app) ? await contextsOf(app) : [];
  const providers = new Set(['host']);
  const missing: { provider: string; why: string }[] = [];
  // A socket that can't be looked for is asked: the check says what is wrong with it.
  if (sockets.status === 'unknown' || sockets.value.length > 0) providers.add('docker');
  else missing.push({ provider: 'docker', why: 'there is no socket of Docker or Podman' });
  if (contexts === null || contexts.length > 0) providers.add('kubernetes');
  else missing.push({ provider: 'kubernetes', why: 'there is no kubeconfig' });
  if (mayHaveAws(app) && (await hasAws(app))) providers.add('aws');
  else missing.push({ provider: 'aws', why: 'nothing on this machine says how to reach it' });
  return { providers, missing };
}

/** Where nothing can say how to reach AWS, nothing is loaded to find that out. */
function mayHaveAws({ surroundings: { env, home } }: StatefulApp): boolean {
  return (
    Object.keys(env).some((name) => name.startsWith('AWS_') && env[name] !== '') ||
    ['config', 'credentials'].some((name) => existsSync(join(home, '.aws', name)))
  );
}

async function hasAws(app: StatefulApp): Promise<boolean> {
  const { openAwsReader } = await import('../providers/aws/open.ts');
  return openAwsReader(app.provider).isConfigured();
}

/** Where none can be, nothing is loaded to find none: whose machine has no cluster pays nothing for it. */
function mayHaveKubeconfig({ surroundings: { env, home } }: StatefulApp): boolean {
  return (
    (env['KUBECONFIG'] ?? '') !== '' ||
    env['KUBERNETES_SERVICE_HOST'] !== undefined ||
    existsSync(join(home, '.kube/config'))
  );
}

/** null: a kubeconfig is there and can't be read; the checks say why. */
async function contextsOf(app: StatefulApp): Promise<readonly string[] | null> {
  const { ClusterAway, openKubernetesReader } = await import('../providers/kubernetes/open.ts');
  try {
    return await openKubernetesReader(app.provider).contexts();
  } catch (error) {
    if (error instanceof ClusterAway) return null;
    throw error;
  }
}

/** The namespaces of a cluster; null when they can't be listed. */
export async function namespacesOf(
  app: StatefulApp,
  choice: ClusterChoice,
  together: Together,
): Promise<readonly string[] | null> {
  const { sharedCluster } = await import('./shared-cluster.ts');
  const cluster = await sharedCluster(app, choice, together);
  if (cluster === null) return null;
  const list = await cluster.list('Namespace', together.signal);
  return list.hidden.length > 0 ? null : list.objects.map(({ metadata }) => metadata.name);
}
