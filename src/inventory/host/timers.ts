import { seen, type Looked } from '../../domain/failure.ts';
import type { HiddenFact, InventoryFact } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { factOf, hiddenOf, hiddenUnder } from './facts.ts';
import { placeAnswers } from './place-answers.ts';
import type { Masking } from './masking.ts';
import type { UnitSetting } from './unit-file.ts';
import { openUnitFolders, type UnitFolders } from './unit-folders.ts';

export const TIMER = 'timer';

interface Found {
  readonly facts: readonly InventoryFact[];
  readonly hidden: readonly HiddenFact[];
}

/** The timers that there are files of, with what they start. `homes`: home folders by user, whose own units count too. */
export async function readTimers(
  reader: HostReader,
  homes: ReadonlyMap<string, string>,
  masking: Masking,
  signal: AbortSignal,
): Promise<Found> {
  const found = [
    await timersOf(reader, { start: 'system', folders: SYSTEM, home: null }, masking, signal),
    await timersOf(reader, { start: 'user', folders: USERS, home: null }, masking, signal),
  ];
  for (const [user, home] of homes)
    found.push(await timersOf(reader, { start: `user ${user}`, folders: foldersIn(home), home }, masking, signal));
  return { facts: found.flatMap(({ facts }) => facts), hidden: found.flatMap(({ hidden }) => hidden) };
}

/** Without what systemd makes for itself at run time (/run/systemd/transient and generator). */
const SYSTEM = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
const USERS = ['/etc/systemd/user', '/run/systemd/user', '/usr/local/lib/systemd/user', '/usr/lib/systemd/user'];

function foldersIn(home: string): readonly string[] {
  return [`${home}/.config/systemd/user`, `${home}/.local/share/systemd/user`];
}

interface Place {
  /** What stands before the names of its timers. */
  readonly start: string;
  readonly folders: readonly string[];
  readonly home: string | null;
}

async function timersOf(
  reader: HostReader,
  { start, folders, home }: Place,
  masking: Masking,
  signal: AbortSignal,
): Promise<Found> {
  signal.throwIfAborted();
  const answers = home === null ? seen(null) : await placeAnswers(reader, home, signal);
  const units = answers.status === 'unknown' ? answers : await openUnitFolders(reader, folders);
  if (units.status === 'unknown') return { facts: [], hidden: [hiddenUnder(reader, TIMER, start, units.failure)] };
  const facts: InventoryFact[] = [];
  const hidden: HiddenFact[] = [];
  for (const name of units.value.names('.timer')) {
    signal.throwIfAborted();
    const value = await timerValue(units.value, name, masking);
    if (value.status === 'unknown') hidden.push(hiddenOf(reader, TIMER, `${start}/${name}`, value.failure));
    else facts.push(factOf(reader, TIMER, `${start}/${name}`, value.value));
  }
  return { facts, hidden };
}

async function timerValue(units: UnitFolders, name: string, masking: Masking): Promise<Looked<JsonObject>> {
  const timer = await units.settings(name);
  if (timer.status === 'unknown') return timer;
  const named = timer.value.findLast(({ section, key }) => section === 'Timer' && key === 'Unit')?.value;
  const service = named ?? name.replace(/\.timer$/, '.service');
  const settings = await units.settings(service);
  if (settings.status === 'unknown') return settings;
  return seen({
    file: printable(units.pathOf(name) ?? ''),
    masked: await units.isMasked(name),
    enabled: units.wanted.has(name),
    timer: timer.value.filter(({ section }) => section === 'Timer').map((setting) => settingText(setting, masking)),
    starts: printable(service),
    service: settings.value
      .filter(({ section, key }) => section === 'Service' && SERVICE_KEYS.test(key))
      .map((setting) => settingText(setting, masking)),
  });
}

/** What is run, and as whom. */
const SERVICE_KEYS =
  /^(?:Exec\w+|User|Group|DynamicUser|RootDirectory|WorkingDirectory|Environment|EnvironmentFile|SetCredential)$/;

function settingText({ key, value }: UnitSetting, masking: Masking): string {
  if (key === 'Environment') return `Environment=${environmentText(value, masking)}`;
  if (key === 'SetCredential') return `SetCredential=${printable(value.split(':')[0] ?? '')}:${masking.mark(value)}`;
  return `${printable(key)}=${masking.line(value)}`;
}

/** `A=b "C=d e"`: names only, whatever the quotes. */
function environmentText(value: string, masking: Masking): string {
  const words = value.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S+/g) ?? [];
  return words
    .map((word) => {
      const bare = word.replace(/^(["'])(.*)\1$/s, '$2');
      const at = bare.indexOf('=');
      return at < 0 ? masking.mark(bare) : `${printable(bare.slice(0, at))}=${masking.mark(bare.slice(at + 1))}`;
    })
    .join(' ');
}
