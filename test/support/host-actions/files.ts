import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DAY, NOW } from './steps.ts';

/** Writes files, each with an age in days before NOW. */
export function aged(
  root: string,
  ages: Readonly<Record<string, number>>,
  text = (name: string) => `text of ${name}`,
): void {
  for (const [name, days] of Object.entries(ages)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text(name));
    utimesSync(path, (NOW - days * DAY) / 1_000, (NOW - days * DAY) / 1_000);
  }
}

/** Every file and link under a folder with its time to the second and a digest of its content, sorted: to be compared. */
export function picture(root: string): readonly string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const stat = lstatSync(path);
      if (stat.isDirectory()) walk(path);
      else if (stat.isSymbolicLink()) found.push(`${relative(root, path)} -> ${readlinkSync(path)}`);
      else if (!stat.isFile()) found.push(`${relative(root, path)} (no file)`);
      else
        found.push(
          [relative(root, path), Math.round(stat.mtimeMs / 1_000), (stat.mode & 0o777).toString(8), digest(path)].join(
            ' ',
          ),
        );
    }
  };
  walk(root);
  return found.sort();
}

/** Names of the files under a folder, sorted. */
export function names(root: string): readonly string[] {
  return picture(root).map((line) => line.split(' ')[0] ?? '');
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
}
