import { realpath, stat } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { readCertificateFiles, type CertificateFiles } from './certificate-files.ts';
import { probeCommand, type CommandQuestion } from './command.ts';
import { readDiskHealth, type DiskHealth } from './disk-health.ts';
import { findFiles, type FilesSeen } from './files.ts';
import { readDescriptors, type Descriptors } from './descriptors.ts';
import { readHeld, type Held } from './held.ts';
import { readListeners, type Listener, type Listeners } from './listeners.ts';
import { readLoad, type Load } from './load.ts';
import { readNewLines, type LogLook, type LogQuestion } from './log-file.ts';
import type { LogPlace } from './log-place.ts';
import { readMemory, type Memory } from './memory.ts';
import { mountOf, parseMountInfo, type Mount } from './mounts.ts';
import { findOldFiles, type OldFile, type OldFiles, type OldFilesQuestion } from './old-files.ts';
import { readProgramFile, type ProgramFile } from './program-file.ts';
import { readOomKills, type OomKills } from './oom-kills.ts';
import { readProcessTable, type ProcessTable, type StrandedProcess } from './process-table.ts';
import { findPrunePlace, type PruneLimits, type PrunePlace } from './prune-place.ts';
import { readReboot, type Reboot } from './reboot.ts';
import { readSecurityUpdates, type SecurityUpdates } from './security-updates.ts';
import { findSetuidFiles, type SetuidFiles } from './setuid-files.ts';
import { createSpaceReader, type Space } from './space.ts';
import { readSystemFile } from './system-file.ts';
import { createSystemFiles, type FileLook, type SystemFiles } from './system-files.ts';
import { readTemperatures, type Temperature } from './temperatures.ts';
import { readTimeSync, type TimeSync } from './time-sync.ts';
import { readTroubledUnits, type TroubledUnits } from './troubled-units.ts';
import { findUnitManager, readUnit, type Unit, type UnitScope } from './unit.ts';

export { manifestDigest } from './old-files.ts';
export type {
  CertificateFiles,
  Descriptors,
  DiskHealth,
  FileLook,
  FilesSeen,
  Held,
  Listener,
  Listeners,
  LogLook,
  LogPlace,
  Mount,
  OldFile,
  OldFiles,
  OldFilesQuestion,
  OomKills,
  ProcessTable,
  ProgramFile,
  PrunePlace,
  Reboot,
  SecurityUpdates,
  SetuidFiles,
  Space,
  StrandedProcess,
  SystemFiles,
  Temperature,
  TimeSync,
  TroubledUnits,
  Unit,
  UnitScope,
};

/** This machine, to be looked at. It judges nothing; trouble is a value, only an abort is thrown. */
export interface HostReader {
  readonly machineId: string;
  readonly platform: NodeJS.Platform;
  /** All mounts on Linux; elsewhere the root and the home folder, with what is known of them. */
  mounts(): Promise<Looked<readonly Mount[]>>;
  /** The mount that a path lies on; symbolic links are followed. `~` is the home folder. Unknown when the path is not there. */
  mountOf(path: string): Promise<Looked<Mount>>;
  /** How full a mount, or the mount under a path, is; given up after `limitMs`. */
  space(path: string, remote: boolean, limitMs: number, signal: AbortSignal): Promise<Looked<Space>>;
  memory(signal: AbortSignal): Promise<Looked<Memory>>;
  load(): Promise<Looked<Load>>;
  /** Files or folders under a pattern (see FilesQuestion), `future` in milliseconds since the epoch. */
  files(pattern: string, kind: 'file' | 'folder', future: number, signal: AbortSignal): Promise<Looked<FilesSeen>>;
  /** The certificates that the files under a pattern begin with; of a file that goes on with a key no more is read. */
  certificateFiles(pattern: string, future: number, signal: AbortSignal): Promise<Looked<CertificateFiles>>;
  /** The lines that came to a log file since a place in it; null: it is not there. */
  newLines(question: LogQuestion): Promise<Looked<LogLook | null>>;
  /** An absolute path with `~` replaced by the home folder. */
  expand(path: string): string;
  /** What people call this machine; nothing is decided by it. */
  readonly hostname: string;
  /** A folder whose files may be moved or removed, under one of the roots and clear of what is kept out; null: it is not there. */
  prunePlace(path: string, allowed: PruneLimits): Promise<Looked<PrunePlace | null>>;
  /** The regular files under a folder that are older than an instant; at most 10,000 (TOO_MANY_FILES). Linux only. */
  oldFiles(question: OldFilesQuestion, signal: AbortSignal): Promise<Looked<OldFiles>>;
  /** What a step holds, or noted, under a name below a prune root; null: nothing. Linux only. */
  held(root: string, name: string): Promise<Looked<Held | null>>;
  unit(name: string, scope: UnitScope, signal: AbortSignal): Promise<Looked<Unit>>;
  /** A program as it lies on the disk; null: it is not there. */
  program(path: string): Promise<Looked<ProgramFile | null>>;
  /** Units that failed or are being started again; null: no systemd runs here. */
  troubledUnits(signal: AbortSignal): Promise<Looked<TroubledUnits | null>>;
  /** Who keeps the clock; null: neither systemd nor chrony is here to ask. Linux only, as the next four. */
  timeSync(signal: AbortSignal): Promise<Looked<TimeSync | null>>;
  /** null: a container. */
  reboot(): Promise<Looked<Reboot | null>>;
  processTable(signal: AbortSignal): Promise<Looked<ProcessTable>>;
  descriptors(signal: AbortSignal): Promise<Looked<Descriptors>>;
  oomKills(signal: AbortSignal): Promise<Looked<OomKills>>;
  /** Linux only; null: a container. */
  diskHealth(): Promise<Looked<DiskHealth | null>>;
  /** Sensors that know their critical temperature. Linux only; null: a container. */
  temperatures(): Promise<Looked<readonly Temperature[] | null>>;
  /** What apt would update of its security archives; null: no apt, no lists of it, or a container. */
  securityUpdates(signal: AbortSignal): Promise<Looked<SecurityUpdates | null>>;
  /** Files of the system by their absolute paths, below `root`; those of /proc below `procRoot`. */
  readonly system: SystemFiles;
  /** What listens in this network namespace, and whose it is. Linux only, as the next one. */
  listeners(signal: AbortSignal): Promise<Looked<Listeners>>;
  /** Files under folders of the system that run with the rights of their owner or group. */
  setuidFiles(folders: readonly string[], signal: AbortSignal): Promise<SetuidFiles>;
  /** Runs a command that only looks, by the operator's own declaration, and says its exit code. For actions only. */
  probe(question: CommandQuestion, signal: AbortSignal): Promise<Looked<number>>;
}

export interface HostDeps {
  readonly machineId: string;
  readonly platform: NodeJS.Platform;
  /** `/proc`; a test points it at a tree of its own. */
  readonly procRoot: string;
  /** `/sys/fs/cgroup`. */
  readonly cgroupRoot: string;
  /** Stands before /run, /boot, /var and /sys: empty for the real ones. */
  readonly root: string;
  /** The operator's home folder. */
  readonly home: string;
  /** The Node to run for what may hang (`process.execPath`). */
  readonly execPath: string;
  readonly hostname: string;
  /** The operator's: where systemctl is looked for, and how it reaches the user's own manager. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function createHostReader(deps: HostDeps): HostReader {
  const askSpace = createSpaceReader(deps.execPath);
  const expand = (path: string): string =>
    path === '~' || path.startsWith('~/') ? join(deps.home, path.slice(1)) : path;
  const listMounts = (): Promise<Looked<readonly Mount[]>> =>
    deps.platform === 'linux' ? linuxMounts(deps.procRoot) : otherMounts(deps.home);

  const findMount = async (path: string): Promise<Looked<Mount>> => {
    const listed = deps.platform === 'linux' ? await listMounts() : null;
    const mounts = listed?.status === 'seen' ? listed.value : [];
    const byName = mountOf(path, mounts);
    // Following links on a dead network mount would hang, and its name alone tells enough.
    if (byName?.remote) return seen(byName);
    const real = await followed(path);
    return real.status === 'unknown' ? real : seen(mountOf(real.value, mounts) ?? (await bareMount(path)));
  };

  /** Why a path on a remote mount had better not be touched: reading a folder of a dead mount can not be given up, asking for its room can. */
  const deadMount = async (path: string, signal: AbortSignal): Promise<Looked<never> | null> => {
    const place = await findMount(path);
    if (place.status === 'unknown' || !place.value.remote) return null;
    const question = { path: place.value.mountPoint, remote: true, limitMs: REMOTE_ANSWERS_MS, signal };
    const answer = await askSpace(question);
    return answer.status === 'unknown' ? answer : null;
  };

  return {
    machineId: deps.machineId,
    platform: deps.platform,
    hostname: deps.hostname,
    expand,
    mounts: listMounts,
    mountOf: (path) => findMount(resolve(expand(path))),
    space: (path, remote, limitMs, signal) => askSpace({ path: expand(path), remote, limitMs, signal }),
    memory: (signal) => readMemory(deps, signal),
    load: () => readLoad(deps),
    files: async (pattern, kind, future, signal) => {
      const full = expand(pattern);
      return (
        (await deadMount(plainStart(full), signal)) ?? seen(await findFiles({ pattern: full, kind, future, signal }))
      );
    },
    certificateFiles: async (pattern, future, signal) => {
      const full = expand(pattern);
      return (
        (await deadMount(plainStart(full), signal)) ??
        seen(await readCertificateFiles({ pattern: full, future, signal }))
      );
    },
    newLines: async (question) => {
      const path = expand(question.path);
      return (await deadMount(path, question.signal)) ?? readNewLines({ ...question, path });
    },
    prunePlace: async (path, { pruneRoots, keepOut }) => {
      const mounts = await listMounts();
      if (mounts.status === 'unknown') return mounts;
      return findPrunePlace({ path, roots: pruneRoots, keepOut, home: deps.home, mounts: mounts.value });
    },
    oldFiles: async (question, signal) =>
      deps.platform === 'linux' ? findOldFiles(question, signal) : linuxOnly(question.folder),
    held: async (root, name) => (deps.platform === 'linux' ? readHeld(root, name) : linuxOnly(root)),
    unit: async (name, scope, signal) => readUnit(await findUnitManager(deps.env), name, scope, signal),
    program: readProgramFile,
    troubledUnits: async (signal) => readTroubledUnits(deps.root, await findUnitManager(deps.env), signal),
    timeSync: (signal) => readTimeSync(deps, signal),
    reboot: () => readReboot(deps),
    processTable: (signal) => readProcessTable(deps.platform, deps.procRoot, signal),
    descriptors: (signal) => readDescriptors(deps.platform, deps.procRoot, signal),
    oomKills: (signal) => readOomKills(deps, signal),
    diskHealth: () => readDiskHealth(deps.platform, deps.root),
    temperatures: () => readTemperatures(deps.platform, deps.root),
    securityUpdates: (signal) => readSecurityUpdates(deps, signal),
    system: createSystemFiles(deps.root, deps.procRoot),
    listeners: (signal) => readListeners(deps.procRoot, signal),
    setuidFiles: (folders, signal) => findSetuidFiles(deps.root, folders, signal),
    probe: (question, signal) => probeCommand(question, deps.home, signal),
  };
}

/** Elsewhere a folder can't be held open while its files are moved, so that one swapped for a link would lead away. */
function linuxOnly(path: string): Looked<never> {
  return unknown('LINUX_ONLY', `Files under ${printable(path)} can be moved safely on Linux only.`);
}

const REMOTE_ANSWERS_MS = 5_000;

async function linuxMounts(procRoot: string): Promise<Looked<readonly Mount[]>> {
  const source = `${procRoot}/self/mountinfo`;
  const text = await readSystemFile(source);
  if (text === null)
    return unknown(
      'MOUNTS_UNREADABLE',
      `${source} could not be read, so there is no telling which file systems there are.`,
    );
  return seen(parseMountInfo(text));
}

async function otherMounts(home: string): Promise<Looked<readonly Mount[]>> {
  return seen(await Promise.all([parse(home).root, home].map(bareMount)));
}

/** All that can be said of a mount without a list of them. */
async function bareMount(path: string): Promise<Mount> {
  return {
    mountPoint: path,
    root: '/',
    device: await deviceOf(path),
    fsType: '',
    source: '',
    readOnly: false,
    readOnlyByError: false,
    remote: false,
  };
}

async function deviceOf(path: string): Promise<string> {
  try {
    return `dev:${(await stat(path)).dev}`;
  } catch (error) {
    // Not there or not ours to see: asking for its space will say so with a reason.
    if (errorCode(error) === null) throw error;
    return `path:${path}`;
  }
}

async function followed(path: string): Promise<Looked<string>> {
  try {
    return seen(await realpath(path));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT') return unknown(code, `${printable(path)} does not exist.`);
    return unknown(code, `${printable(path)} could not be looked at (${code}).`);
  }
}

/** The part of a pattern before its first wildcard, up to a whole name. */
function plainStart(pattern: string): string {
  const wildcard = pattern.search(/[*?[\]{}]/);
  return wildcard < 0 ? pattern : pattern.slice(0, pattern.lastIndexOf('/', wildcard)) || '/';
}
