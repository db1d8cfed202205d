import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { suggest } from '../../domain/suggest.ts';
import type { AwsChoice } from '../../providers/aws/reader.ts';

/** What a runbook may tell the sources of AWS beside its baseline. */
const KNOWN = ['profiles', 'regions', 'mayBeMissing'];

export interface ScanSettings extends AwsChoice {
  /** Where nothing on this machine says how to reach AWS, there is nothing to read; otherwise that is trouble. */
  readonly mayBeMissing: boolean;
}

/** Settings that can't be followed: a scan of another account than the one that was meant would be worse than none. */
class SettingsInvalid extends Error {
  readonly code = 'SETTINGS_INVALID';
}

/** Throws SETTINGS_INVALID for what is no such setting. */
export function settingsOf(settings: JsonObject): ScanSettings {
  for (const key of Object.keys(settings)) {
    if (KNOWN.includes(key)) continue;
    const meant = suggest(key, KNOWN);
    throw new SettingsInvalid(
      `"${key}" is no setting of the facts of AWS${meant === null ? '.' : `; did you mean "${meant}"?`} There are: ${KNOWN.join(', ')}.`,
    );
  }
  const { mayBeMissing = false } = settings;
  if (typeof mayBeMissing !== 'boolean') throw new SettingsInvalid('"mayBeMissing" is true or false.');
  return {
    mayBeMissing,
    profiles: namesOf('profiles', settings['profiles']),
    regions: namesOf('regions', settings['regions']),
  };
}

function namesOf(key: string, value: JsonValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '')) return value.map(String);
  throw new SettingsInvalid(`"${key}" is not a list of names; write for example "${key}: [production]".`);
}
