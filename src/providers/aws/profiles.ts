import { loadSharedConfigFiles } from '@smithy/core/config';
import { matchesGlob } from '../../domain/glob.ts';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { SERVICES, type ServiceName } from './services.ts';

/** What the configuration files of the AWS tools say, read anew: the SDK itself would keep what it once read. */
export interface ProfileFiles {
  /** Names of profiles, sorted. */
  readonly names: readonly string[];
  /** Where a profile sends the calls of a service; null: to AWS. */
  endpoint(profile: string, service: ServiceName): string | null;
}

type Section = Readonly<Record<string, string | undefined>>;

export async function readProfiles(): Promise<ProfileFiles> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const sections: Readonly<Record<string, Section | undefined>> = configFile;
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])];
  return {
    names: names.filter((name) => !/^(?:services|sso-session)\./.test(name)).toSorted(),
    endpoint: (profile, service) => {
      const own = sections[profile];
      const named = own?.['services'];
      const key = SERVICES[service].sdkId.replaceAll(' ', '_').toLowerCase();
      const ofService = named === undefined ? undefined : sections[`services.${named}`]?.[`${key}.endpoint_url`];
      return ofService ?? own?.['endpoint_url'] ?? null;
    },
  };
}

/** Whether there is anything on this machine that says how to reach AWS, but for the metadata of an instance. */
export function isConfigured({ names }: ProfileFiles, { env }: Pick<ProviderDeps, 'env'>): boolean {
  return names.length > 0 || SAYS_SO.some((name) => (env[name] ?? '') !== '');
}

const SAYS_SO = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/** Names as they are; of a pattern, the profiles that fit it. */
export function chosenProfiles(wanted: readonly string[], { names }: ProfileFiles): readonly string[] {
  const chosen = wanted.flatMap((each) =>
    each.includes('*') ? names.filter((name) => matchesGlob(each, name)) : [each],
  );
  return [...new Set(chosen)];
}
