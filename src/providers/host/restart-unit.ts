import type { Failure } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { runProgram } from './run-program.ts';
import { firstLine, readUnit, scopeFlag, type Unit, type UnitManager, type UnitScope } from './unit.ts';

export interface RestartQuestion {
  readonly name: string;
  readonly scope: UnitScope;
  /** The invocation that is to be ended. */
  readonly invocation: string;
}

/** What came of a restart; of all but `done` it is said why. */
export type Restarted =
  | { readonly status: 'done'; readonly unit: Unit }
  | { readonly status: 'moved' | 'denied' | 'failed' | 'unknown'; readonly failure: Failure }
  | { readonly status: 'down'; readonly unit: Unit; readonly failure: Failure };

/** Restarts a unit and waits for it; then looks, as the manager's word is not all there is to know. */
export async function restartUnit(
  manager: UnitManager | null,
  { name, scope, invocation }: RestartQuestion,
  signal: AbortSignal,
): Promise<Restarted> {
  const before = await readUnit(manager, name, scope, signal);
  if (before.status === 'unknown') return { status: 'failed', failure: before.failure };
  if (manager === null || before.value.invocation !== invocation)
    return { status: 'moved', failure: startedSince(name) };
  const ran = await runProgram({
    argv: [manager.systemctl, ...scopeFlag(scope), '--no-ask-password', '--no-pager', 'restart', '--', name],
    env: manager.env,
    timeoutMs: RESTART_TIMEOUT_MS,
    signal,
  });
  if (ran.status === 'not-started') return { status: 'failed', failure: notStarted(manager.systemctl, ran.code) };
  if (ran.status === 'killed') return { status: 'unknown', failure: notEnded(name) };
  const after = await readUnit(manager, name, scope, NEVER_ABORTED);
  if (after.status === 'unknown') return { status: 'unknown', failure: after.failure };
  return judge(name, scope, before.value, after.value, ran);
}

/** Longer than a stop and a start may take by default, 90 s each (systemd-system.conf(5)). */
const RESTART_TIMEOUT_MS = 200_000;
/** What was begun is looked at, even when the work as a whole is being stopped. */
const NEVER_ABORTED = new AbortController().signal;

function judge(
  name: string,
  scope: UnitScope,
  before: Unit,
  after: Unit,
  { exit, errors }: { readonly exit: number; readonly errors: string },
): Restarted {
  if (exit === 0 && after.invocation !== before.invocation) return { status: 'done', unit: after };
  const isUntouched = after.invocation === before.invocation && after.activeState === before.activeState;
  const said = firstLine(errors);
  if (!isUntouched) {
    const message = `${printable(name)} was stopped and is ${after.activeState} (${after.subState}) now: ${said} See "journalctl ${scope === 'user' ? '--user ' : ''}-u ${printable(name)}".`;
    return { status: 'down', unit: after, failure: { code: 'UNIT_DOWN', message } };
  }
  if (DENIED.test(errors)) return { status: 'denied', failure: denied(name, scope, said) };
  return {
    status: 'failed',
    failure: { code: 'RESTART_REFUSED', message: `${printable(name)} was not restarted: ${said}` },
  };
}

/** How systemd and polkit refuse in LANG=C. */
const DENIED = /access denied|authentication (is )?required|permission denied|not authorized|operation not permitted/i;

function denied(name: string, scope: UnitScope, said: string): Failure {
  const need =
    scope === 'user'
      ? 'It must be a unit of this user and the user manager must run (loginctl enable-linger).'
      : `Restarting needs root, or a polkit rule that gives this user org.freedesktop.systemd1.manage-units for ${printable(name)}.`;
  return { code: 'RESTART_DENIED', message: `This user may not restart ${printable(name)}: ${said} ${need}` };
}

function startedSince(name: string): Failure {
  return {
    code: 'UNIT_MOVED',
    message: `${printable(name)} was started anew since it was looked at; make a new plan if it still needs it.`,
  };
}

function notStarted(systemctl: string, code: string): Failure {
  return { code: 'SYSTEMCTL_FAILED', message: `${systemctl} could not be started (${code}).` };
}

function notEnded(name: string): Failure {
  return {
    code: 'RESTART_PENDING',
    message: `systemctl did not come back from restarting ${printable(name)}; systemd may still be at it: systemctl status ${printable(name)}.`,
  };
}
