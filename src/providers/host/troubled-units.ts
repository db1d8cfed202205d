import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { runProgram } from './run-program.ts';
import { isRunningSystemd } from './systemd.ts';
import { firstLine, parseProperties, type UnitManager } from './unit.ts';

/** A unit of the machine's systemd that failed, or that systemd is starting again after a failure. */
export interface TroubledUnit {
  readonly id: string;
  readonly description: string;
  readonly activeState: string;
  readonly subState: string;
  /** Why, in systemd's words: `exit-code`, `signal`, `timeout`, `oom-kill`, `start-limit-hit`; `success`: it ended well. */
  readonly result: string;
  /** How its main process ended: `exit 1`, `signal 9`; null where there is none. */
  readonly ended: string | null;
  /** Since when it is in this state, milliseconds since the epoch. */
  readonly since: number | null;
  /** How often systemd started it again by itself since somebody last started it. */
  readonly restarts: number;
}

export interface TroubledUnits {
  readonly units: readonly TroubledUnit[];
  /** How many there are beyond those that were asked about. */
  readonly more: number;
}

/**
 * null: this machine was not started by systemd (sd_booted(3): there is no /run/systemd/system), so it has no units.
 * `root` stands before `/run`.
 */
export async function readTroubledUnits(
  root: string,
  manager: UnitManager | null,
  signal: AbortSignal,
): Promise<Looked<TroubledUnits | null>> {
  if (!(await isRunningSystemd(root))) return seen(null);
  if (manager === null)
    return unknown('NO_SYSTEMCTL', 'This machine runs systemd, but there is no systemctl to ask it with.');
  const listed = await systemctl(manager, LIST, signal);
  if (listed.status === 'unknown') return listed;
  const ids = parseUnitList(listed.value);
  const units: TroubledUnit[] = [];
  const asked = ids.slice(0, UNITS_MAX);
  for (let at = 0; at < asked.length; at += UNITS_AT_ONCE) {
    const shown = await systemctl(manager, [...SHOW, '--', ...asked.slice(at, at + UNITS_AT_ONCE)], signal);
    if (shown.status === 'unknown') return shown;
    units.push(...parseUnits(shown.value));
  }
  return seen({ units: units.filter(isTroubled), more: ids.length - asked.length });
}

/** The names in what `systemctl list-units --plain --no-legend` prints: name, load, active, sub, description. */
export function parseUnitList(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const id = /^\s*(?:[●*×] )?(\S+\.[a-z]+)\s+\S+\s+(?:failed|activating)\s+\S+/.exec(line)?.[1];
    return id === undefined ? [] : [id];
  });
}

/** Blocks of `Key=Value` lines, an empty line between two. */
export function parseUnits(text: string): readonly TroubledUnit[] {
  return text.split(/\n\n+/).flatMap((block) => {
    const properties = parseProperties(block);
    const of = (key: string): string => properties.get(key) ?? '';
    if (of('Id') === '' || of('ActiveState') === '') return [];
    return [
      {
        id: of('Id'),
        description: of('Description'),
        activeState: of('ActiveState'),
        subState: of('SubState'),
        result: of('Result'),
        ended: endOf(of('ExecMainCode'), of('ExecMainStatus')),
        since: parseTimestamp(of('StateChangeTimestamp')),
        restarts: /^\d{1,9}$/.test(of('NRestarts')) ? Number(of('NRestarts')) : 0,
      },
    ];
  });
}

/** `Thu 2026-11-26 00:13:55 UTC`, as systemctl prints it in C and UTC. */
export function parseTimestamp(text: string): number | null {
  const [, date, time] = /^\w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC$/.exec(text) ?? [];
  const ms = date === undefined || time === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`);
  return Number.isNaN(ms) ? null : ms;
}

const UNITS_MAX = 200;
/** So that an answer stays well below what is kept of a program's output. */
const UNITS_AT_ONCE = 40;
const TIMEOUT_MS = 10_000;
const LIST = [
  'list-units',
  '--all',
  '--full',
  '--plain',
  '--no-legend',
  '--no-pager',
  '--state=failed,auto-restart,auto-restart-queued',
];
const SHOW = [
  'show',
  '--no-pager',
  '--property=Id,Description,ActiveState,SubState,Result,ExecMainCode,ExecMainStatus,StateChangeTimestamp,NRestarts',
];

/** It may have got well between the two questions. */
function isTroubled({ activeState, subState }: TroubledUnit): boolean {
  return activeState === 'failed' || subState.startsWith('auto-restart');
}

/** siginfo's si_code: 1 exited, 2 killed by a signal, 3 killed and dumped core. */
function endOf(code: string, status: string): string | null {
  if (!/^\d+$/.test(status)) return null;
  if (code === '1') return `exit ${status}`;
  return code === '2' || code === '3' ? `signal ${status}` : null;
}

async function systemctl(manager: UnitManager, args: readonly string[], signal: AbortSignal): Promise<Looked<string>> {
  const ran = await runProgram({
    argv: [manager.systemctl, '--system', '--no-ask-password', ...args],
    env: { ...manager.env, TZ: 'UTC' },
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  signal.throwIfAborted();
  if (ran.status === 'ended' && ran.exit === 0) return seen(ran.output);
  if (ran.status === 'ended')
    return unknown('SYSTEMD_UNREACHABLE', `systemd did not say which units failed: ${firstLine(ran.errors)}`);
  const why = ran.status === 'killed' ? 'did not answer in time' : `could not be started (${ran.code})`;
  return unknown('SYSTEMCTL_FAILED', `${manager.systemctl} ${why}, so there is no telling which units failed.`);
}
