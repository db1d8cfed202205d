import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aHome, type Home } from '../cli.ts';

/** A home whose configuration is an example's, with the example's folder where it says; and what its server is told. */
export function anExampleHome(example: string, env: Readonly<Record<string, string>>): Home {
  const home = aHome(env);
  const config = readFileSync(join(example, 'config.yaml'), 'utf8');
  mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
  writeFileSync(join(home.folder, 'config/holdfast/config.yaml'), config.replace('/path/to/this/folder', example));
  cpSync(join(example, 'runbook.yaml'), join(home.folder, 'runbook.yaml'));
  return home;
}
