import { readFile } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { othersWords } from '../../domain/excerpt.ts';
import { errorCode } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { suggest } from '../../domain/suggest.ts';
import { isRecord } from './call.ts';
import { ClusterAway } from './cluster-away.ts';

/** What a file says of a cluster, a user or a context, under its name; paths in it are absolute. */
export interface Entry {
  readonly name: string;
  readonly file: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** All files of the kubeconfig as one, put together as kubectl does: what stands first, holds. */
export interface Kubeconfig {
  readonly current: string | null;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/** A context with what it refers to. */
export interface ChosenContext {
  readonly name: string;
  readonly cluster: Entry;
  /** null: it names none, and asks as nobody. */
  readonly user: Entry | null;
}

type Places = Pick<ProviderDeps, 'env' | 'home'> & {
  /** Where a pod finds the credential of its service account. */
  readonly serviceAccount?: string;
};

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const IN_CLUSTER = 'in-cluster';
/** Hundreds of clusters with their certificates are less. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * The kubeconfig: the files of $KUBECONFIG; else ~/.kube/config; else, in a pod, its service account. Null where there
 * is none of these. Throws ClusterAway for a file that can't be read or says something else.
 */
export async function readKubeconfig({ env, home, serviceAccount }: Places): Promise<Kubeconfig | null> {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const files = named.length > 0 ? named : [join(home, '.kube', 'config')];
  const texts = await Promise.all(files.map(async (file) => [file, await textOf(file)] as const));
  const found = texts.flatMap(([file, text]) => (text === null ? [] : [parse(file, text)]));
  if (found.length > 0) return together(found);
  return named.length > 0 ? null : inCluster(env, serviceAccount ?? SERVICE_ACCOUNT);
}

/** Where it was looked for, in words. */
export function soughtAt({ env, home }: Places): string {
  const named = env['KUBECONFIG'] ?? '';
  return named === ''
    ? `${printable(join(home, '.kube', 'config'))} is not there, $KUBECONFIG is not set, and this is no pod`
    : `$KUBECONFIG names ${printable(named)}, where there is no file`;
}

/** The names of its contexts, the current one first. */
export function contextNames({ current, contexts }: Kubeconfig): readonly string[] {
  const others = [...contexts.keys()].filter((name) => name !== current);
  return current !== null && contexts.has(current) ? [current, ...others] : others;
}

/** The context of a name, the current one for undefined. Throws ClusterAway where it leads nowhere. */
export function chooseContext(kubeconfig: Kubeconfig, wanted: string | undefined): ChosenContext {
  const name = wanted ?? kubeconfig.current;
  if (name === null) {
    throw new ClusterAway({
      code: 'NO_CURRENT_CONTEXT',
      message: `The kubeconfig has no current context: name one (${listed(kubeconfig)}), or choose one with kubectl config use-context.`,
    });
  }
  const context = kubeconfig.contexts.get(name);
  if (context === undefined) {
    const near = suggest(name, kubeconfig.contexts.keys());
    const hint = near === null ? '' : ` Did you mean ${printable(near)}?`;
    throw new ClusterAway({
      code: 'NO_SUCH_CONTEXT',
      message: `The kubeconfig has no context ${printable(name)}.${hint} There are: ${listed(kubeconfig)}.`,
    });
  }
  const cluster = referred(context, 'cluster', kubeconfig.clusters);
  if (cluster === null) throw invalid(context.file, `its context ${printable(name)} names no cluster`);
  return { name, cluster, user: referred(context, 'user', kubeconfig.users) };
}

function referred(context: Entry, what: 'cluster' | 'user', entries: ReadonlyMap<string, Entry>): Entry | null {
  const name = context.fields[what];
  if (typeof name !== 'string' || name === '') return null;
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  throw invalid(
    context.file,
    `its context ${printable(context.name)} names the ${what} ${printable(name)}, which no file defines`,
  );
}

const LISTED_AT_MOST = 10;

function listed(kubeconfig: Kubeconfig): string {
  const names = contextNames(kubeconfig);
  if (names.length === 0) return 'none at all';
  const more = names.length > LISTED_AT_MOST ? ` and ${names.length - LISTED_AT_MOST} more` : '';
  return names.slice(0, LISTED_AT_MOST).map(printable).join(', ') + more;
}

/** null: there is no such file, which kubectl passes over too. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = errorCode(error) ?? 'UNKNOWN';
    if (code === 'ENOENT') return null;
    throw new ClusterAway({
      code: 'KUBECONFIG_UNREADABLE',
      message: `The kubeconfig ${printable(file)} can't be read (${code}): see its owner and its mode.`,
    });
  }
}

function parse(file: string, text: string): Kubeconfig {
  if (text.length > FILE_BYTES_MAX) throw invalid(file, `it is longer than ${FILE_BYTES_MAX} bytes`);
  const lines = new LineCounter();
  // The library's own excerpts show the line, and a line of a kubeconfig may be a key.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const [trouble] = document.errors;
  if (trouble !== undefined) {
    const { line, col } = lines.linePos(trouble.pos[0]);
    throw invalid(`${file}:${line}:${col}`, `it is no YAML: ${othersWords(trouble.message)}`);
  }
  const body: unknown = document.toJS({ maxAliasCount: 0 }) ?? {};
  if (!isRecord(body)) throw invalid(file, 'it holds something else than a map');
  const current = body['current-context'];
  return {
    current: typeof current === 'string' && current !== '' ? current : null,
    contexts: entriesOf(file, body['contexts'], 'context'),
    clusters: entriesOf(file, body['clusters'], 'cluster'),
    users: entriesOf(file, body['users'], 'user'),
  };
}

function entriesOf(file: string, list: unknown, what: 'context' | 'cluster' | 'user'): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  if (list === undefined || list === null) return entries;
  if (!Array.isArray(list)) throw invalid(file, `its ${what}s are no list`);
  for (const item of list) {
    const name: unknown = isRecord(item) ? item['name'] : undefined;
    // What has no name can't be referred to: kubectl passes it over as well.
    if (!isRecord(item) || typeof name !== 'string' || entries.has(name)) continue;
    const fields = isRecord(item[what]) ? item[what] : {};
    entries.set(name, { name, file, fields: withAbsolutePaths(fields, dirname(file)) });
  }
  return entries;
}

const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile', 'token-file'] as const;

/** Paths are meant from the folder of the file that names them. */
function withAbsolutePaths(fields: Record<string, unknown>, folder: string): Record<string, unknown> {
  const absolute = { ...fields };
  for (const key of PATHS) {
    const path = fields[key];
    if (typeof path === 'string' && path !== '' && !isAbsolute(path)) absolute[key] = join(folder, path);
  }
  const exec = fields['exec'];
  if (isRecord(exec) && typeof exec['command'] === 'string' && /^\.{1,2}\/|.\//.test(exec['command']))
    absolute['exec'] = {
      ...exec,
      command: isAbsolute(exec['command']) ? exec['command'] : join(folder, exec['command']),
    };
  return absolute;
}

function together(files: readonly Kubeconfig[]): Kubeconfig {
  const merge = (of: (file: Kubeconfig) => ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> =>
    new Map(files.toReversed().flatMap((file) => [...of(file)]));
  return {
    current: files.map(({ current }) => current).find((current) => current !== null) ?? null,
    contexts: merge(({ contexts }) => contexts),
    clusters: merge(({ clusters }) => clusters),
    users: merge(({ users }) => users),
  };
}

async function inCluster(env: ProviderDeps['env'], folder: string): Promise<Kubeconfig | null> {
  const [host, port] = [env['KUBERNETES_SERVICE_HOST'] ?? '', env['KUBERNETES_SERVICE_PORT'] ?? '443'];
  const tokenFile = join(folder, 'token');
  if (host === '' || (await textOf(tokenFile)) === null) return null;
  const entry = (fields: Entry['fields']): ReadonlyMap<string, Entry> =>
    new Map([[IN_CLUSTER, { name: IN_CLUSTER, file: folder, fields }]]);
  return {
    current: IN_CLUSTER,
    contexts: entry({ cluster: IN_CLUSTER, user: IN_CLUSTER }),
    clusters: entry({
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      'certificate-authority': join(folder, 'ca.crt'),
    }),
    users: entry({ tokenFile }),
  };
}

export function invalid(file: string, what: string): ClusterAway {
  return new ClusterAway({
    code: 'KUBECONFIG_INVALID',
    message: `The kubeconfig ${printable(file)} can't be used: ${what}. See: kubectl config view.`,
  });
}
