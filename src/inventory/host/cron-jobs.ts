import type { HiddenFact, InventoryFact } from '../../domain/inventory.ts';
import { printable } from '../../domain/printable.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { parseAnacrontab, parseCrontab, type CrontabItem } from './crontab.ts';
import { factOf, hiddenOf, hiddenUnder, sortedSet } from './facts.ts';
import { contentOf } from './file-content.ts';
import type { Masking } from './masking.ts';

export const CRON_JOB = 'cron-job';

interface Found {
  readonly facts: InventoryFact[];
  readonly hidden: HiddenFact[];
}

/** The jobs of cron and anacron: lines of tables, and scripts in the folders of cron.hourly and its like. */
export async function readCronJobs(reader: HostReader, masking: Masking, signal: AbortSignal): Promise<Found> {
  const found: Found = { facts: [], hidden: [] };
  await addTable('/etc/crontab', (text) => parseCrontab(text, true));
  await addTable('/etc/anacrontab', parseAnacrontab);
  for (const path of await filesIn('/etc/cron.d')) await addTable(path, (text) => parseCrontab(text, true));
  for (const folder of SPOOLS)
    for (const path of await filesIn(folder)) await addTable(path, (text) => parseCrontab(text, false));
  for (const folder of SCRIPT_FOLDERS) for (const path of await filesIn(folder)) await addScript(path);
  return found;

  async function filesIn(folder: string): Promise<readonly string[]> {
    const names = await reader.system.names(folder);
    if (names.status === 'unknown') {
      found.hidden.push(hiddenUnder(reader, CRON_JOB, folder, names.failure));
      return [];
    }
    return (names.value ?? []).filter((name) => !LEFT_BEHIND.test(name)).map((name) => `${folder}/${name}`);
  }

  async function addTable(path: string, parse: (text: string) => readonly CrontabItem[]): Promise<void> {
    signal.throwIfAborted();
    if (NOT_TABLES.has(path)) return;
    const text = await reader.system.text(path);
    if (text.status === 'unknown') found.hidden.push(hiddenUnder(reader, CRON_JOB, path, text.failure));
    else if (text.value !== null) found.facts.push(...tableFacts(reader, path, parse(text.value), masking));
  }

  async function addScript(path: string): Promise<void> {
    signal.throwIfAborted();
    const look = await reader.system.look(path, SCRIPT_DIGEST_UP_TO);
    if (look.status === 'unknown') found.hidden.push(hiddenOf(reader, CRON_JOB, path, look.failure));
    else if (look.value?.kind === 'file') {
      const { mode, uid, gid } = look.value;
      found.facts.push(factOf(reader, CRON_JOB, path, { mode, uid, gid, ...contentOf(look.value) }));
    }
  }
}

/** Debian keeps users' tables in the first, SUSE in the second, others in the third. */
const SPOOLS = ['/var/spool/cron/crontabs', '/var/spool/cron/tabs', '/var/spool/cron'];
/** What else lies in the third: the others, and the jobs of at(1), each of which runs once. */
const NOT_TABLES: ReadonlySet<string> = new Set(
  ['crontabs', 'atjobs', 'atspool', 'lastrun', 'tabs'].map((name) => `/var/spool/cron/${name}`),
);
const SCRIPT_FOLDERS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'].map((period) => `/etc/cron.${period}`);
const SCRIPT_DIGEST_UP_TO = 16 * 2 ** 20;
/** Hidden files, and what editors and package managers leave behind, which cron passes over. */
const LEFT_BEHIND = /^\.|~$|\.(?:rpmsave|rpmnew|rpmorig|dpkg-\w+|swp)$/;

/** One fact per user and command of a table; it may be run at several times, each with the settings above its line. */
function tableFacts(
  reader: HostReader,
  path: string,
  items: readonly CrontabItem[],
  masking: Masking,
): readonly InventoryFact[] {
  const settings = new Map<string, string>();
  const jobs = new Map<string, { user: string | null; command: string; runs: Set<string> }>();
  const garbage: string[] = [];
  for (const item of items) {
    if (item.type === 'setting') settings.set(printable(item.name), settingText(item.name, item.value, masking));
    else if (item.type === 'garbage') garbage.push(masking.line(item.line));
    else {
      const command = masking.line(item.command);
      const name = `${path}/${item.user === null ? '' : `${item.user}: `}${command}`;
      const job = jobs.get(name) ?? { user: item.user, command, runs: new Set<string>() };
      job.runs.add([item.schedule, ...[...settings].map(([key, value]) => `${key}=${value}`).toSorted()].join(' '));
      jobs.set(name, job);
    }
  }
  const facts = [...jobs].map(([name, { user, command, runs }]) =>
    factOf(reader, CRON_JOB, name, {
      table: printable(path),
      user: user === null ? null : printable(user),
      command,
      runs: sortedSet(runs),
    }),
  );
  if (garbage.length > 0)
    facts.push(factOf(reader, CRON_JOB, `${path}/lines that are none`, { table: printable(path), lines: garbage }));
  return facts;
}

/** What cron itself goes by is shown; any other variable may be a password. */
function settingText(name: string, value: string, masking: Masking): string {
  return SHOWN_SETTINGS.has(name) ? masking.words(value) : masking.mark(value);
}

const SHOWN_SETTINGS: ReadonlySet<string> = new Set([
  'SHELL',
  'PATH',
  'HOME',
  'LOGNAME',
  'USER',
  'MAILTO',
  'MAILFROM',
  'CRON_TZ',
  'TZ',
  'RANDOM_DELAY',
  'START_HOURS_RANGE',
  'LANG',
  'LC_ALL',
]);
