import { readdir, stat } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { findProgram } from './program-file.ts';
import { runProgram } from './run-program.ts';
import { isContainer } from './systemd.ts';
import { firstLine } from './unit.ts';

/** A package that an update of the security archive would replace. */
export interface SecurityUpdate {
  readonly name: string;
  /** Null for a package that would be new. */
  readonly from: string | null;
  readonly to: string;
}

export interface SecurityUpdates {
  readonly source: string;
  readonly updates: readonly SecurityUpdate[];
  /** All updates there are, those of security among them. */
  readonly all: number;
  /** When the lists were last renewed, milliseconds since the epoch: nothing newer can be known. */
  readonly listsAt: number;
}

export interface UpdatePlaces {
  /** Stands before `/var`. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Lets apt-get(8) try an upgrade without doing it: needs no root, no lock and no network, and knows what the lists
 * on this disk know. null: no apt, or a container, or no lists were ever loaded.
 */
export async function readSecurityUpdates(
  { root, env }: UpdatePlaces,
  signal: AbortSignal,
): Promise<Looked<SecurityUpdates | null>> {
  if (await isContainer(root)) return seen(null);
  const listsAt = await listsLoadedAt(`${root}/var/lib/apt`);
  const aptGet = await findProgram('apt-get', env['PATH']);
  if (listsAt === null || aptGet === null) return seen(null);
  const ran = await runProgram({
    argv: [aptGet, ...TRY],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
    timeoutMs: TIMEOUT_MS,
    keptBytes: KEPT_BYTES,
    signal,
  });
  signal.throwIfAborted();
  if (ran.status !== 'ended') {
    const why = ran.status === 'killed' ? 'did not answer in time' : `could not be started (${ran.code})`;
    return unknown('APT_FAILED', `${aptGet} ${why}, so there is no telling which updates wait.`);
  }
  if (ran.exit !== 0)
    return unknown(
      'APT_FAILED',
      `apt-get could not tell which updates wait: ${firstLine(ran.errors)} Try: apt-get -s dist-upgrade`,
    );
  const found = parseSimulation(ran.output);
  return seen({ source: 'apt-get -s dist-upgrade', ...found, listsAt });
}

/** Lines such as `Inst curl [7.88.1-10] (7.88.1-10+deb12u8 Debian-Security:12/stable-security [amd64]) []`. */
export function parseSimulation(text: string): Pick<SecurityUpdates, 'updates' | 'all'> {
  const updates: SecurityUpdate[] = [];
  let all = 0;
  for (const [, name = '', from = null, to = '', origins = ''] of text.matchAll(
    /^Inst (\S+) (?:\[([^\]\s]+)\] )?\((\S+) ([^()]*)\)/gm,
  )) {
    all += 1;
    if (origins.split(', ').some(isSecurityArchive)) updates.push({ name, from, to });
  }
  return { updates, all };
}

/** `Ubuntu:22.04/jammy-security`, `Debian-Security:12/stable-security`, `UbuntuESMApps:22.04/jammy-apps-security`. */
function isSecurityArchive(origin: string): boolean {
  return /^Debian-Security:|-security(?: \[|$)/.test(origin.trim());
}

/** Without its caches, which it would write as root. */
const SETTINGS = [
  'Debug::NoLocking=true',
  'APT::Get::Show-User-Simulation-Note=false',
  'Dir::Cache::pkgcache=',
  'Dir::Cache::srcpkgcache=',
];
const TRY = ['-s', '-q', ...SETTINGS.flatMap((setting) => ['-o', setting]), 'dist-upgrade'];
const TIMEOUT_MS = 45_000;
const KEPT_BYTES = 4 * 1024 * 1024;

/** The newest list of a repository; a stamp that a loading without news leaves counts too. */
async function listsLoadedAt(folder: string): Promise<number | null> {
  const lists = (await namesIn(`${folder}/lists`)).filter((name) => /_(?:InRelease|Release)$/.test(name));
  if (lists.length === 0) return null;
  const times = await Promise.all(
    [
      ...lists.map((name) => `${folder}/lists/${name}`),
      `${folder}/lists/partial`,
      `${folder}/periodic/update-success-stamp`,
    ].map(modifiedAt),
  );
  return Math.max(...times);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return [];
  }
}

async function modifiedAt(path: string): Promise<number> {
  try {
    return Math.round((await stat(path)).mtimeMs);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return 0;
  }
}
