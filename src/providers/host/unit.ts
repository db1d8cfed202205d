import { readFile } from 'node:fs/promises';
import { digestOf, digestOfBytes, type Digest } from '../../domain/digest.ts';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable, printableStart } from '../../domain/printable.ts';
import { findProgram } from './program-file.ts';
import { runProgram } from './run-program.ts';

/** A manager of units: the machine's, or that of this user. */
export type UnitScope = 'system' | 'user';

/** A systemd unit, as `systemctl show` tells it (systemctl(1), org.freedesktop.systemd1(5)). */
export interface Unit {
  readonly id: string;
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly loadState: string;
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`. */
  readonly activeState: string;
  readonly subState: string;
  /** The file it is made from; empty: there is none. */
  readonly fragment: string;
  /** Digest of the unit's files as they are on the disk: path and content of each. */
  readonly definition: Digest;
  /** True when the files changed since the manager read them. */
  readonly needsReload: boolean;
  /** Changes with every start and with nothing else; empty while it never ran. */
  readonly invocation: string;
  readonly canRestart: boolean;
  /** Units that a restart takes along or stops: those that require it, are bound to it, or are part of it. */
  readonly takesAlong: readonly string[];
}

/** How to reach the manager. */
export interface UnitManager {
  readonly systemctl: string;
  readonly env: Readonly<Record<string, string>>;
}

/** null: this machine has no systemctl. */
export async function findUnitManager(env: Readonly<Record<string, string | undefined>>): Promise<UnitManager | null> {
  const systemctl = await findProgram('systemctl', env['PATH']);
  if (systemctl === null) return null;
  const kept = BUS_VARIABLES.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    systemctl,
    env: { ...Object.fromEntries(kept), PATH: '/usr/bin:/bin', LANG: 'C', SYSTEMD_PAGER: '', SYSTEMD_COLORS: '0' },
  };
}

export async function readUnit(
  manager: UnitManager | null,
  name: string,
  scope: UnitScope,
  signal: AbortSignal,
): Promise<Looked<Unit>> {
  if (manager === null)
    return unknown('NO_SYSTEMD', 'There is no systemctl on this machine, so units can not be looked at.');
  const ran = await runProgram({
    argv: [
      manager.systemctl,
      ...scopeFlag(scope),
      '--no-ask-password',
      'show',
      `--property=${PROPERTIES.join(',')}`,
      '--',
      name,
    ],
    env: manager.env,
    timeoutMs: SHOW_TIMEOUT_MS,
    signal,
  });
  signal.throwIfAborted();
  if (ran.status !== 'ended') {
    const why = ran.status === 'killed' ? 'did not answer in time' : `could not be started (${ran.code})`;
    return unknown('SYSTEMCTL_FAILED', `${manager.systemctl} ${why}, so ${printable(name)} could not be looked at.`);
  }
  if (ran.exit !== 0)
    return unknown(
      'SYSTEMD_UNREACHABLE',
      `${scope === 'user' ? "This user's" : 'The'} systemd did not answer on ${printable(name)}: ${firstLine(ran.errors)}`,
    );
  return unitOf(parseProperties(ran.output), name);
}

/** `--user` for the user's own manager. */
export function scopeFlag(scope: UnitScope): readonly string[] {
  return scope === 'user' ? ['--user'] : ['--system'];
}

export function firstLine(text: string): string {
  return printableStart(text.trim().split('\n')[0] ?? '', 300) || 'it gave no reason.';
}

/** `Key=Value` lines in any order; a value may hold `=`. */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

const BUS_VARIABLES = ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'];
const SHOW_TIMEOUT_MS = 20_000;
const DEPENDENT_PROPERTIES = ['RequiredBy', 'BoundBy', 'ConsistsOf'];
const PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'FragmentPath',
  'DropInPaths',
  'InvocationID',
  'NeedDaemonReload',
  'CanStart',
  'CanStop',
  'RefuseManualStart',
  'RefuseManualStop',
  ...DEPENDENT_PROPERTIES,
];

async function unitOf(properties: ReadonlyMap<string, string>, name: string): Promise<Looked<Unit>> {
  const of = (key: string): string => properties.get(key) ?? '';
  if (of('Id') === '' || of('LoadState') === '' || of('ActiveState') === '')
    return unknown('SYSTEMCTL_ANSWER', `systemctl answered on ${printable(name)} in a form that is not known.`);
  const list = (key: string): readonly string[] =>
    of(key)
      .split(' ')
      .filter((word) => word !== '');
  return seen({
    id: of('Id'),
    loadState: of('LoadState'),
    activeState: of('ActiveState'),
    subState: of('SubState'),
    fragment: of('FragmentPath'),
    definition: await definitionOf([of('FragmentPath'), ...list('DropInPaths')].filter((path) => path !== '')),
    needsReload: of('NeedDaemonReload') === 'yes',
    invocation: of('InvocationID'),
    canRestart:
      of('CanStart') !== 'no' &&
      of('CanStop') !== 'no' &&
      of('RefuseManualStart') !== 'yes' &&
      of('RefuseManualStop') !== 'yes',
    takesAlong: [...new Set(DEPENDENT_PROPERTIES.flatMap(list))].toSorted(),
  });
}

/** A file that may not be read counts by its path alone. */
async function definitionOf(paths: readonly string[]): Promise<Digest> {
  const files = await Promise.all(paths.map(async (path) => [path, await digestOrNull(path)]));
  return digestOf('unit-files', files);
}

async function digestOrNull(path: string): Promise<Digest | null> {
  try {
    return digestOfBytes(await readFile(path));
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
