import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { suggest } from '../../domain/suggest.ts';
import type { ClusterChoice } from '../../providers/kubernetes/reader.ts';

/** What a runbook may tell the sources of a cluster beside its baseline. */
const KNOWN = ['context', 'namespaces', 'excludeNamespaces', 'mayBeMissing'];

export interface ScanSettings extends ClusterChoice {
  /** Where there is no kubeconfig at all, there is nothing to read; otherwise that is trouble. */
  readonly mayBeMissing: boolean;
}

/** Settings that can't be followed: a scan of another cluster than the one that was meant would be worse than none. */
class SettingsInvalid extends Error {
  readonly code = 'SETTINGS_INVALID';
}

/** Throws SETTINGS_INVALID for what is no such setting. */
export function settingsOf(settings: JsonObject): ScanSettings {
  for (const key of Object.keys(settings)) {
    if (KNOWN.includes(key)) continue;
    const meant = suggest(key, KNOWN);
    throw new SettingsInvalid(
      `"${key}" is no setting of the facts of a cluster${meant === null ? '.' : `; did you mean "${meant}"?`} There are: ${KNOWN.join(', ')}.`,
    );
  }
  const { context, mayBeMissing = false } = settings;
  if (context !== undefined && (typeof context !== 'string' || context === ''))
    throw new SettingsInvalid('"context" is not the name of a context of the kubeconfig.');
  if (typeof mayBeMissing !== 'boolean') throw new SettingsInvalid('"mayBeMissing" is true or false.');
  return {
    mayBeMissing,
    ...(context === undefined ? {} : { context }),
    namespaces: namesOf('namespaces', settings['namespaces']),
    excludeNamespaces: namesOf('excludeNamespaces', settings['excludeNamespaces']),
  };
}

function namesOf(key: string, value: JsonValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '')) return value.map(String);
  throw new SettingsInvalid(`"${key}" is not a list of names; write for example "${key}: [shop, ci-*]".`);
}
