import { openApp, type StatefulApp } from '../../app/app.ts';
import { up as runUp, type UpStatus } from '../../app/up.ts';
import type { Log } from '../../app/log-entry.ts';
import { CodedError } from '../../domain/coded-error.ts';
import type { Refusal } from '../../mcp/http/guard.ts';
import { serveMcpHttp } from '../../mcp/serve-http.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { writeLog } from '../log.ts';
import { readCommands } from '../read-command.ts';
import { reason } from '../tell-error.ts';
import { releaseMemory } from '../release-memory.ts';
import { count } from '../views/layout.ts';
import { localClock } from '../views/when.ts';

/** `holdfast up`: stays in the foreground until SIGTERM or Ctrl-C; a second one ends it at once. */
export async function up(
  door: Door,
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  const form =
    options['log'] === 'human' || options['log'] === 'json' ? options['log'] : door.terminal.watched ? 'human' : 'json';
  const write = writeLog(door, app, form);
  const log: Log = (level, event, text, fields = {}) => {
    if (door.options.quiet && level === 'info') return;
    write({ at: door.surroundings.clock.now(), level, event, text, fields });
  };
  try {
    await runUp(app, {
      files,
      signal: interrupt.signal,
      pid: process.pid,
      log,
      terminal: door.terminal.watched ? (text) => door.terminal.err(text) : null,
      onStatus:
        form === 'human' && !door.options.quiet
          ? (status) => door.terminal.progress(app.redactor.text(statusLine(status)))
          : null,
      releaseMemory,
      serve: () => serveMcp(door, app, options['mcp'] !== false, log),
    });
    return EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}

/** MCP beside the schedules. That its port is taken is no reason not to watch. */
async function serveMcp(door: Door, app: StatefulApp, isWanted: boolean, log: Log): Promise<() => Promise<void>> {
  const { up: isOn, listen, origins } = app.config.mcp;
  if (!isWanted || !isOn) return nothingToClose;
  const refused = everySoOften(door, ({ status, says }: Refusal) =>
    log('warning', 'mcp-refused', `MCP: refused (${status}): ${says}`, { status }),
  );
  try {
    const listening = await serveMcpHttp(app, {
      listen,
      origins,
      command: readCommands(door.surroundings, door.options),
      onRefused: refused,
      onTrouble: everySoOften(door, (error: unknown) => log('error', 'mcp-trouble', `MCP: ${reason(error)}`)),
    });
    log('info', 'mcp', `MCP at ${listening.url}`, { url: listening.url });
    return () => listening.close();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    log('warning', 'mcp-off', `no MCP: ${reason(error)}`, { code: error.code });
    return nothingToClose;
  }
}

async function nothingToClose(): Promise<void> {}

const REFUSED_EVERY_MS = 10_000;

/** Whoever knocks again and again is told of once in a while: a log must not be filled from outside. */
function everySoOften<T>({ surroundings: { clock } }: Door, work: (value: T) => void): (value: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (value) => {
    const now = clock.monotonic();
    if (now - last < REFUSED_EVERY_MS) return;
    last = now;
    work(value);
  };
}

function statusLine({ runbooks, running, next }: UpStatus): string {
  const parts = [count(runbooks, 'runbook'), ...(running > 0 ? [`${running} running`] : [])];
  if (next !== null) parts.push(`next: ${next.runbook} at ${localClock(next.at)}`);
  return parts.join(' · ');
}
