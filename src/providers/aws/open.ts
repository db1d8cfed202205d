import { setFlagsFromString } from 'node:v8';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { chosenProfiles, isConfigured, readProfiles } from './profiles.ts';
import { createAwsReader, type AwsReader, type Connections } from './reader.ts';
import { openSdk } from './sdk.ts';

/**
 * Of what is parsed here most is garbage at once: V8 would let its space for young objects grow to 96 MiB for that, without
 * being any faster (docs/decisions/0015); and its old space to three times what is kept, before it tidies up.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
}

/** The AWS accounts that this machine's profiles and environment lead to. */
export function openAwsReader(deps: ProviderDeps): AwsReader {
  keepHeapSmall();
  const connections: Connections = {
    isConfigured: async () => isConfigured(await readProfiles(), deps),
    profiles: async (wanted) => (wanted.length === 0 ? [null] : chosenProfiles(wanted, await readProfiles())),
    open: async (profile) => openSdk(profile, await readProfiles(), deps),
  };
  return createAwsReader(connections, deps.paid ?? null);
}
