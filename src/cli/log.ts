import type { LogEntry } from '../app/log-entry.ts';
import type { App } from '../app/app.ts';
import type { Door } from './door.ts';
import { localClock } from './views/when.ts';

/** Writes what `up` has to say: a line for a person on a terminal, a JSON object a line for a journal. */
export function writeLog(door: Door, app: Pick<App, 'redactor'>, form: 'human' | 'json'): (entry: LogEntry) => void {
  const { terminal } = door;
  return (entry) => {
    if (form === 'json') {
      terminal.err(app.redactor.json({ at: new Date(entry.at).toISOString(), ...withoutTime(entry) }));
      terminal.err(app.redactor.text('\n'));
      return;
    }
    const mark =
      entry.level === 'error'
        ? terminal.style('red', 'error ')
        : entry.level === 'warning'
          ? terminal.style('yellow', 'warn  ')
          : '';
    terminal.err(app.redactor.text(`${terminal.style('dim', localClock(entry.at))}  ${mark}${entry.text}\n`));
  };
}

function withoutTime({ level, event, text, fields }: LogEntry): object {
  return { level, event, text, ...fields };
}
