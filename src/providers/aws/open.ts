import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { chosenProfiles, isConfigured, readProfiles } from './profiles.ts';
import { createAwsReader, type AwsReader, type Connections } from './reader.ts';
import { openSdk } from './sdk.ts';

/** The AWS accounts that this machine's profiles and environment lead to. */
export function openAwsReader(deps: ProviderDeps): AwsReader {
  const connections: Connections = {
    isConfigured: async () => isConfigured(await readProfiles(), deps),
    profiles: async (wanted) => (wanted.length === 0 ? [null] : chosenProfiles(wanted, await readProfiles())),
    open: async (profile) => openSdk(profile, await readProfiles(), deps),
  };
  return createAwsReader(connections, deps.paid ?? null);
}
