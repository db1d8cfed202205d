import type { InventorySource } from '../../domain/inventory.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { readAccounts, type Account } from './account-files.ts';
import { CRON_JOB, readCronJobs } from './cron-jobs.ts';
import { allHidden, elsewhere } from './facts.ts';
import { maskingFor } from './masking.ts';
import { readTimers, TIMER } from './timers.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/scheduled-jobs',
  title: 'Jobs that run by the clock',
  description: `- **cron-job**: the lines of \`/etc/crontab\`, \`/etc/anacrontab\`, \`/etc/cron.d\` and of the users' tables under \`/var/spool/cron\`, one fact per table, user and command, with its times and the settings above it; and the files in \`/etc/cron.{hourly,daily,weekly,monthly,yearly}\` with mode, owner and digest. Lines that cron would refuse are told of, as they may stop it from reading all others.
- **timer**: the timers that systemd has files of, the machine's, all users' and each user's own (\`~/.config/systemd/user\`): their settings, whether something starts them, and what they run as whom, drop-ins included.

The values of variables, but for those that cron itself goes by, and what looks like a secret in a command are replaced by marks that change with them. A user's table is not to be read without root, and is hidden then.

Left out: jobs of at(1), each of which runs once; timers that programs make while they run (systemd-run) and those of generators; schedules that a program keeps for itself.`,
  kinds: {
    [CRON_JOB]: { noun: 'a job of cron', added: 'medium', removed: 'low', changed: 'medium' },
    [TIMER]: { noun: 'a timer of systemd', added: 'medium', removed: 'low', changed: 'medium' },
  },
  timeoutMs: 120_000,

  async read(reader, { signal }) {
    const kinds = Object.keys(source.kinds);
    const notHere = elsewhere(reader, kinds);
    if (notHere !== null) return notHere;
    const masking = maskingFor(reader.machineId);
    const cron = await readCronJobs(reader, masking, signal);
    const accounts = await readAccounts(reader);
    const timers =
      accounts.status === 'unknown'
        ? allHidden(reader, [TIMER], accounts.failure)
        : await readTimers(reader, homesOf(accounts.value ?? []), masking, signal);
    return { facts: [...cron.facts, ...timers.facts], hidden: [...cron.hidden, ...timers.hidden] };
  },
};

/** Each home once, by the first of its users; the root of all is nobody's. */
function homesOf(accounts: readonly Account[]): ReadonlyMap<string, string> {
  const byHome = new Map<string, string>();
  for (const { name, home } of accounts)
    if (home.startsWith('/') && home !== '/' && !byHome.has(home)) byHome.set(home, name);
  return new Map([...byHome].map(([home, name]) => [name, home]));
}
