import { seen, type Looked } from '../../domain/failure.ts';
import type { HostReader } from '../../providers/host/reader.ts';
import { parseUnitFile, type UnitSetting } from './unit-file.ts';

/** The folders in which a manager of systemd looks for units, what is in the first being what counts (systemd.unit(5)). */
export interface UnitFolders {
  /** Names of units with an ending: those that there are files of, and the instances of templates that something starts. */
  names(ending: string): readonly string[];
  /** Where the file of a unit lies; null: there is none. */
  pathOf(name: string): string | null;
  /** Names in all `.wants` and `.requires` folders: what is started together with something else. */
  readonly wanted: ReadonlySet<string>;
  /** The settings of a unit and of its drop-ins, in the order in which they count; none for one that is masked. */
  settings(name: string): Promise<Looked<readonly UnitSetting[]>>;
  isMasked(name: string): Promise<boolean>;
}

/** Unknown when one of the folders can not be listed: a file in it might stand in for any other. */
export async function openUnitFolders(reader: HostReader, folders: readonly string[]): Promise<Looked<UnitFolders>> {
  const inFolder = new Map<string, ReadonlySet<string>>();
  for (const folder of folders) {
    const names = await reader.system.names(folder);
    if (names.status === 'unknown') return names;
    inFolder.set(folder, new Set(names.value ?? []));
  }
  const wanted = await wantedNames(reader, inFolder);
  if (wanted.status === 'unknown') return wanted;

  const fileOf = (name: string): string | null => {
    const folder = folders.find((candidate) => inFolder.get(candidate)?.has(name));
    return folder === undefined ? null : `${folder}/${name}`;
  };
  const pathOf = (name: string): string | null => fileOf(name) ?? fileOf(templateOf(name));
  const isMasked = async (name: string): Promise<boolean> => {
    const path = pathOf(name);
    const link = path === null ? seen(null) : await reader.system.linkTarget(path);
    return link.status === 'seen' && link.value === '/dev/null';
  };
  return seen({
    names: (ending) => {
      const all = new Set([...inFolder.values()].flatMap((names) => [...names]));
      for (const name of wanted.value) if (pathOf(name) !== null) all.add(name);
      return [...all].filter((name) => name.endsWith(ending)).toSorted();
    },
    pathOf,
    wanted: wanted.value,
    isMasked,
    async settings(name) {
      if (await isMasked(name)) return seen([]);
      const path = pathOf(name);
      const dropIns = await dropInsOf(reader, inFolder, new Set([templateOf(name), name]));
      if (dropIns.status === 'unknown') return dropIns;
      const settings: UnitSetting[] = [];
      for (const file of [...(path === null ? [] : [path]), ...dropIns.value]) {
        const text = await reader.system.text(file);
        if (text.status === 'unknown') return text;
        settings.push(...parseUnitFile(text.value ?? ''));
      }
      return seen(settings);
    },
  });
}

/** `backup@ana.timer` is made from `backup@.timer`. */
function templateOf(name: string): string {
  return name.replace(/@.*(?=\.[a-z]+$)/, '@');
}

type ByFolder = ReadonlyMap<string, ReadonlySet<string>>;

async function wantedNames(reader: HostReader, inFolder: ByFolder): Promise<Looked<ReadonlySet<string>>> {
  const all = new Set<string>();
  for (const [folder, names] of inFolder) {
    for (const name of names) {
      if (!/\.(?:wants|requires)$/.test(name)) continue;
      const inside = await reader.system.names(`${folder}/${name}`);
      if (inside.status === 'unknown') return inside;
      for (const wanted of inside.value ?? []) all.add(wanted);
    }
  }
  return seen(all);
}

/** By name, whatever folder they lie in; of two of one name that of the first folder counts. */
async function dropInsOf(
  reader: HostReader,
  inFolder: ByFolder,
  units: ReadonlySet<string>,
): Promise<Looked<readonly string[]>> {
  const paths = new Map<string, string>();
  for (const [folder, names] of inFolder) {
    for (const unit of units) {
      if (!names.has(`${unit}.d`)) continue;
      const inside = await reader.system.names(`${folder}/${unit}.d`);
      if (inside.status === 'unknown') return inside;
      for (const file of inside.value ?? [])
        if (file.endsWith('.conf') && !paths.has(file)) paths.set(file, `${folder}/${unit}.d/${file}`);
    }
  }
  return seen([...paths.keys()].toSorted().flatMap((file) => paths.get(file) ?? []));
}
