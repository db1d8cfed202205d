import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { findProgram } from './program-file.ts';
import { runProgram } from './run-program.ts';
import { isRunningSystemd } from './systemd.ts';
import { readSystemFile } from './system-file.ts';
import { firstLine, parseProperties } from './unit.ts';

/** Whether the clock of this machine is kept right by somebody. */
export interface TimeSync {
  readonly source: string;
  /** The kernel's own word: some program disciplines the clock, and not long ago. */
  readonly synchronised: boolean;
  /** Whether a service is meant to do so; null: not told. */
  readonly service: boolean | null;
  /** How far chrony knows the clock to be off, in seconds, ahead or behind; null: no chrony was asked. */
  readonly offsetSeconds: number | null;
  /** Since the machine was started; null: not told. */
  readonly uptimeMs: number | null;
}

export interface TimeSyncPlaces {
  readonly platform: NodeJS.Platform;
  readonly procRoot: string;
  /** Stands before `/run`. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Asks timedatectl(1) where systemd runs, and chronyc(1) where it is installed and answers. null: there is neither,
 * as in most containers, whose clock is that of their machine.
 */
export async function readTimeSync(places: TimeSyncPlaces, signal: AbortSignal): Promise<Looked<TimeSync | null>> {
  const { platform, procRoot, root, env } = places;
  if (platform !== 'linux')
    return unknown('LINUX_ONLY', 'Whether the clock is synchronised is looked at on Linux only.');
  const uptimeMs = parseUptime(await readSystemFile(`${procRoot}/uptime`));
  const chronyc = await findProgram('chronyc', env['PATH']);
  const tracking = chronyc === null ? null : await ask([chronyc, '-n', '-c', 'tracking'], signal);
  const chrony = tracking?.status === 'seen' ? parseTracking(tracking.value) : null;
  if (await isRunningSystemd(root)) {
    const timedatectl = await findProgram('timedatectl', env['PATH']);
    const shown =
      timedatectl === null
        ? unknown('NO_TIMEDATECTL', 'This machine runs systemd, but there is no timedatectl to ask it with.')
        : await ask([timedatectl, 'show', '--property=NTP,NTPSynchronized'], signal);
    const told = shown.status === 'seen' ? parseTimedate(shown.value) : shown;
    if (told.status === 'seen')
      return seen({
        ...told.value,
        source: 'timedatectl show',
        offsetSeconds: chrony?.offsetSeconds ?? null,
        uptimeMs,
      });
    if (chrony === null) return told;
  }
  return seen(chrony === null ? null : { ...chrony, source: 'chronyc tracking', service: true, uptimeMs });
}

/** `NTP=yes`, `NTPSynchronized=no`; older ones print what was not asked for as well. */
export function parseTimedate(text: string): Looked<Pick<TimeSync, 'synchronised' | 'service'>> {
  const properties = parseProperties(text);
  const [synchronised, service] = [properties.get('NTPSynchronized') ?? '', properties.get('NTP') ?? ''];
  if (!/^(?:yes|no)$/.test(synchronised))
    return unknown('TIMEDATECTL_ANSWER', 'timedatectl did not say whether the clock is synchronised.');
  return seen({
    synchronised: synchronised === 'yes',
    service: /^(?:yes|no)$/.test(service) ? service === 'yes' : null,
  });
}

/**
 * One line of 14 fields, of which the fifth is the offset of the system's clock in seconds and the last the leap
 * status; null when it is none.
 */
export function parseTracking(
  text: string,
): (Pick<TimeSync, 'synchronised'> & { readonly offsetSeconds: number }) | null {
  const fields = text.trim().split(',');
  const offset = fields[4] ?? '';
  if (fields.length !== 14 || !/^[-+]?\d+(?:\.\d+)?$/.test(offset)) return null;
  return { synchronised: fields[13] !== 'Not synchronised', offsetSeconds: Number(offset) };
}

const TIMEOUT_MS = 5_000;

/** Format: proc_uptime(5). */
function parseUptime(text: string | null): number | null {
  const seconds = /^(\d+(?:\.\d+)?) /.exec(text ?? '')?.[1];
  return seconds === undefined ? null : Math.round(Number(seconds) * 1_000);
}

async function ask(argv: readonly string[], signal: AbortSignal): Promise<Looked<string>> {
  const ran = await runProgram({ argv, env: { PATH: '/usr/bin:/bin', LANG: 'C' }, timeoutMs: TIMEOUT_MS, signal });
  signal.throwIfAborted();
  if (ran.status === 'ended' && ran.exit === 0) return seen(ran.output);
  const why =
    ran.status === 'ended'
      ? `failed: ${firstLine(ran.errors)}`
      : ran.status === 'killed'
        ? 'did not answer in time.'
        : `could not be started (${ran.code}).`;
  return unknown('TIME_UNKNOWN', `${argv[0] ?? ''} ${why}`);
}
