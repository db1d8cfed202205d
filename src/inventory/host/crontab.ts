/** What a table of cron says in one of its lines. */
export type CrontabItem =
  | { readonly type: 'job'; readonly schedule: string; readonly user: string | null; readonly command: string }
  | { readonly type: 'setting'; readonly name: string; readonly value: string }
  | { readonly type: 'garbage'; readonly line: string };

/**
 * The lines of a crontab(5), in order. `withUser`: it has a column for the user, as /etc/crontab and /etc/cron.d do.
 * A line that cron would refuse is told of, as it may stop cron from reading all others.
 */
export function parseCrontab(text: string, withUser: boolean): readonly CrontabItem[] {
  return text.split('\n').flatMap((raw) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    return [settingOf(line) ?? jobOf(line, withUser) ?? ({ type: 'garbage', line } as const)];
  });
}

/** The lines of an anacrontab(5): period, delay, name, command. */
export function parseAnacrontab(text: string): readonly CrontabItem[] {
  return text.split('\n').flatMap((raw) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const job = /^(\d+|@\w+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line);
    if (job !== null) {
      const [, period = '', delay = '', , command = ''] = job;
      return [
        {
          type: 'job',
          schedule: `${period.startsWith('@') ? period : `every ${period} d`} after ${delay} min`,
          user: 'root',
          command,
        } as const,
      ];
    }
    return [settingOf(line) ?? ({ type: 'garbage', line } as const)];
  });
}

function settingOf(line: string): CrontabItem | null {
  const match = /^(?:([A-Za-z_][A-Za-z0-9_]*)|"([^"]+)"|'([^']+)')\s*=\s*(.*)$/.exec(line);
  if (match === null) return null;
  const [, bare, double, single, value = ''] = match;
  return { type: 'setting', name: bare ?? double ?? single ?? '', value: value.replace(/^(["'])(.*)\1$/, '$2') };
}

function jobOf(line: string, withUser: boolean): CrontabItem | null {
  // A dash before the minute keeps the job out of the system's log (SUSE, cronie).
  const match = /^-?(@[a-z]+|(?:[\d*][\d*/,~-]*|\*)(?:\s+[\w*/,~?#-]+){4})\s+(.+)$/i.exec(line);
  if (match === null) return null;
  const [, when = '', rest = ''] = match;
  const schedule = when.replaceAll(/\s+/g, ' ').toLowerCase();
  if (!withUser) return { type: 'job', schedule, user: null, command: rest };
  const named = /^(\S+)\s+(.+)$/.exec(rest);
  return named === null ? null : { type: 'job', schedule, user: named[1] ?? '', command: named[2] ?? '' };
}
