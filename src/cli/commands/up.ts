import { openApp } from '../../app/app.ts';
import { up as runUp, type UpStatus } from '../../app/up.ts';
import type { Log } from '../../app/log-entry.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { writeLog } from '../log.ts';
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
    });
    return EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}

function statusLine({ runbooks, running, next }: UpStatus): string {
  const parts = [count(runbooks, 'runbook'), ...(running > 0 ? [`${running} running`] : [])];
  if (next !== null) parts.push(`next: ${next.runbook} at ${localClock(next.at)}`);
  return parts.join(' · ');
}
