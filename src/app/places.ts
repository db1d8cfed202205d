import { join, resolve } from 'node:path';
import type { Surroundings } from './surroundings.ts';

/** Where this user's files are (docs/contracts.md, State and Configuration). */
export interface Places {
  readonly stateDir: string;
  readonly configFile: string;
  readonly configDir: string;
}

export interface PlaceOptions {
  readonly stateDir?: string | undefined;
  readonly config?: string | undefined;
}

/** An XDG variable counts only when it holds an absolute path (XDG base directory specification 0.8). */
export function placesOf(surroundings: Surroundings, options: PlaceOptions): Places {
  const { env, home, cwd } = surroundings;
  const xdg = (name: string, fallback: string): string => {
    const value = env[name];
    return value !== undefined && value.startsWith('/') ? value : join(home, fallback);
  };
  const configDir = join(xdg('XDG_CONFIG_HOME', '.config'), 'holdfast');
  return {
    stateDir:
      options.stateDir === undefined
        ? join(xdg('XDG_STATE_HOME', '.local/state'), 'holdfast')
        : resolve(cwd, options.stateDir),
    configFile: options.config === undefined ? join(configDir, 'config.yaml') : resolve(cwd, options.config),
    configDir,
  };
}
