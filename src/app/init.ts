import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodedError } from '../domain/coded-error.ts';
import { survey, type Found } from '../providers/host/survey.ts';
import type { Places } from './places.ts';
import type { Surroundings } from './surroundings.ts';

/** What the operator wants to be looked at, besides this machine. */
export interface InitAnswers {
  /** URLs that must answer. */
  readonly endpoints: readonly string[];
  /** Folders or patterns of backups that must stay young. */
  readonly backups: readonly string[];
}

export interface InitPlan {
  readonly files: readonly { readonly path: string; readonly text: string; readonly exists: boolean }[];
}

export async function lookAround({ env, home }: Surroundings): Promise<readonly Found[]> {
  return survey({ env, home });
}

/** What `init` would write, for the operator to see first: a runbook of the cluster where a kubeconfig was found. */
export function planInit(places: Places, answers: InitAnswers, found: readonly Found[]): InitPlan {
  const runbook = (name: string): string => join(places.configDir, 'runbooks', `${name}.md`);
  const files = [
    { path: places.configFile, text: CONFIG },
    { path: runbook('machine'), text: machineRunbook(answers) },
    ...(found.some(({ what }) => what === 'Kubernetes') ? [{ path: runbook('cluster'), text: CLUSTER_RUNBOOK }] : []),
  ];
  return { files: files.map((file) => ({ ...file, exists: existsSync(file.path) })) };
}

/** Writes the files, each whole or not at all. An existing one is kept unless `force`: FILE_EXISTS. */
export async function carryOutInit(plan: InitPlan, force: boolean): Promise<void> {
  const [taken] = plan.files.filter((file) => file.exists);
  if (taken !== undefined && !force) {
    throw new CodedError('FILE_EXISTS', 'there is a file already, and init does not overwrite', {
      where: taken.path,
      next: 'edit it, or run `holdfast init --force` to start afresh',
    });
  }
  for (const { path, text } of plan.files) {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(`${path}.partial`, text, { mode: 0o600 });
      await rename(`${path}.partial`, path);
    } catch (error) {
      throw new CodedError(
        'FILE_NOT_WRITTEN',
        `the file can't be written (${error instanceof Error ? error.message : String(error)})`,
        {
          where: path,
          next: 'check the rights of the folder, or name another with --config',
          cause: error,
        },
      );
    }
  }
}

const CONFIG = `# Configuration of Holdfast. Every key is optional; a key that is not known is an error.
# docs/configuration.md explains them all.

# runbooks: [~/ops/runbooks]     # more folders in which runbooks are looked for by name

findings:
  resolveAfter: 2                # clean full observations until a finding is resolved

# host:                          # what may be changed on this machine, behind the gate: docs/gate.md
#   pruneRoots: [/var/log/myapp]
`;

function machineRunbook({ endpoints, backups }: InitAnswers): string {
  const checks = [
    '  - host/disk                    # space and inodes, and when they will run out',
    '  - host/memory',
    '  - host/load',
    ...endpoints.map((url) => `  - net/http: { url: ${JSON.stringify(url)} }`),
    ...endpoints
      .filter((url) => url.startsWith('https:'))
      .map((url) => `  - net/tls: { host: ${JSON.stringify(new URL(url).host)} }`),
    ...backups.map((path) => `  - host/file-age: { path: ${JSON.stringify(path)}, olderThan: 26h }`),
  ];
  return `---
name: machine
every: 30m                       # while "holdfast up" runs; "holdfast run machine" looks at once
checks:
${[...new Set(checks)].join('\n')}
---
# This machine

What is said here is for whoever reads the findings: what matters on this machine,
what to look at first, what never to do.
`;
}

const CLUSTER_RUNBOOK = `---
name: cluster
every: 30m                       # while "holdfast up" runs; "holdfast run cluster" looks at once
checks:
  - kubernetes/*                 # of the kubeconfig's current context; see docs/kubernetes.md for others
---
# The cluster

What is said here is for whoever reads the findings: what matters in this cluster,
what to look at first, what never to do.
`;
