import { unknown, seen, type Looked } from '../domain/failure.ts';
import { createKeyringReader, howToKeep } from '../providers/keyring/reader.ts';
import type { StatefulApp } from './app.ts';

/** The variables that the makers of the models document; the first that is set holds. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['ANTHROPIC_API_KEY'],
  openai: ['OPENAI_API_KEY'],
  google: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  openrouter: ['OPENROUTER_API_KEY'],
};

/** The variables in which the key of a provider is looked for; the one of the configuration goes first. */
export function keyVariables({ config }: Pick<StatefulApp, 'config'>, provider: string): readonly string[] {
  const { endpoints } = config.models;
  const own = Object.hasOwn(endpoints, provider) ? endpoints[provider]?.keyEnv : undefined;
  const usual = Object.hasOwn(VARIABLES, provider) ? (VARIABLES[provider] ?? []) : [];
  return own === undefined ? usual : [own, ...usual];
}

/**
 * The key of a provider: from the environment, else from the system's own store. Never from a file of ours. It is
 * known to the redactor before it is returned. MODEL_NO_KEY when there is none.
 */
export async function modelKey(app: StatefulApp, provider: string): Promise<Looked<string>> {
  const variables = keyVariables(app, provider);
  const found = variables
    .map((name) => app.surroundings.env[name])
    .find((value) => value !== undefined && value !== '');
  if (found !== undefined) {
    app.redactor.learn(found);
    return seen(found);
  }
  const kept = app.config.models.keyHelper ? await createKeyringReader(app.provider).secret(provider) : seen(null);
  if (kept.status === 'unknown') return unknown('MODEL_NO_KEY', kept.failure.message);
  if (kept.value !== null) return seen(kept.value);
  const keep = app.config.models.keyHelper ? howToKeep(app.surroundings.platform, provider) : null;
  return unknown(
    'MODEL_NO_KEY',
    `there is no key for ${provider}: set ${variables[0] ?? `models.endpoints.${provider}.keyEnv`}${keep === null ? '' : `, or keep it with \`${keep}\``}`,
  );
}
