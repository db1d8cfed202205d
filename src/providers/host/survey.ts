import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Something on this machine that a check of Holdfast could read with, and where it was found. */
export interface Found {
  readonly what: string;
  /** A path, or the name of a variable; never its value. */
  readonly where: string;
}

export interface SurveyDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

interface Sign {
  readonly what: string;
  readonly variables?: readonly string[];
  /** From the home folder, or absolute. */
  readonly files?: readonly string[];
  readonly programs?: readonly string[];
}

/** Where each tool keeps its credentials or its socket, after its own documentation. */
const SIGNS: readonly Sign[] = [
  { what: 'Kubernetes', variables: ['KUBECONFIG'], files: ['.kube/config'] },
  {
    what: 'AWS',
    variables: ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
    files: ['.aws/config', '.aws/credentials'],
  },
  { what: 'GitHub', variables: ['GH_TOKEN', 'GITHUB_TOKEN'], files: ['.config/gh/hosts.yml'] },
  { what: 'Cloudflare', variables: ['CLOUDFLARE_API_TOKEN'] },
  { what: 'Hetzner', variables: ['HCLOUD_TOKEN'], files: ['.config/hcloud/cli.toml'] },
  { what: 'DigitalOcean', variables: ['DIGITALOCEAN_ACCESS_TOKEN'], files: ['.config/doctl/config.yaml'] },
  {
    what: 'Google Cloud',
    variables: ['GOOGLE_APPLICATION_CREDENTIALS'],
    files: ['.config/gcloud/application_default_credentials.json'],
  },
  { what: 'Azure', files: ['.azure/azureProfile.json'] },
  { what: 'Terraform', programs: ['terraform', 'tofu'] },
  { what: 'Docker', files: ['/var/run/docker.sock'] },
  { what: 'Ollama', variables: ['OLLAMA_HOST'], programs: ['ollama'] },
  {
    what: 'HEARTBEAT.md',
    files: ['.openclaw/workspace/HEARTBEAT.md', 'clawd/HEARTBEAT.md', '.nanobot/workspace/HEARTBEAT.md'],
  },
];

/** Which tools have left their traces here. Looks at names only: no file is read and nothing is asked. */
export async function survey(deps: SurveyDeps): Promise<readonly Found[]> {
  const found = await Promise.all(SIGNS.map((sign) => firstTrace(sign, deps)));
  return found.filter((item) => item !== null);
}

async function firstTrace(
  { what, variables = [], files = [], programs = [] }: Sign,
  deps: SurveyDeps,
): Promise<Found | null> {
  const variable = variables.find((name) => (deps.env[name] ?? '') !== '');
  if (variable !== undefined) return { what, where: `$${variable}` };
  const folders = (deps.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const places = [
    ...files.map((file) => (isAbsolute(file) ? file : join(deps.home, file))),
    ...programs.flatMap((program) => folders.map((folder) => join(folder, program))),
  ];
  for (const where of places) if (await isThere(where)) return { what, where };
  return null;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false; // not there, or not to be reached by this user: the same for a survey
  }
}
