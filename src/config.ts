import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { CodedError } from './domain/coded-error.ts';
import type { Place } from './domain/mistake.ts';
import { suggest } from './domain/suggest.ts';
import {
  approvalsConfigSchema,
  costConfigSchema,
  environmentsConfigSchema,
  hostConfigSchema,
  oidcConfigSchema,
  pricesConfigSchema,
} from './gate-config.ts';
import { mcpConfigSchema } from './mcp-config.ts';
import { modelsConfigSchema } from './models-config.ts';
import { notifyConfigSchema } from './notify-config.ts';
import { readYaml } from './yaml/strict-yaml.ts';
import { placeOf } from './yaml/written.ts';
import type { YamlRules } from './yaml/yaml-rules.ts';

/** `config.yaml`, closed: what this version does not know is a mistake. Every key is optional. */
export const configSchema = z
  .strictObject({
    runbooks: z
      .array(z.string().min(1))
      .describe(
        'Folders in which `holdfast runbook list` and `holdfast run <name>` look for runbooks, besides ./runbooks',
      )
      .default([]),
    findings: z
      .strictObject({
        resolveAfter: z
          .int()
          .min(1)
          .max(100)
          .describe('Clean full observations until a finding is resolved')
          .default(2),
      })
      .prefault({}),
    retention: z
      .strictObject({
        days: z
          .int()
          .min(1)
          .max(3650)
          .describe('Runs, samples and resolved findings are forgotten after so many days')
          .default(90),
      })
      .prefault({}),
    notify: notifyConfigSchema.prefault({}),
    inventory: z
      .strictObject({
        files: z
          .array(z.string().regex(/^(?:\/|[A-Za-z]:[\\/])/, { error: 'write the whole path' }))
          .max(1000)
          .describe('Files that a baseline knows by their digests: that one of them changed is drift')
          .default([]),
      })
      .prefault({}),
    prices: pricesConfigSchema.optional(),
    cost: costConfigSchema.prefault({}),
    models: modelsConfigSchema.prefault({}),
    mcp: mcpConfigSchema.prefault({}),
    environments: environmentsConfigSchema.default({}),
    host: hostConfigSchema.prefault({}),
    approvals: approvalsConfigSchema.prefault({}),
    oidc: oidcConfigSchema.prefault({}),
  })
  .describe('Configuration of Holdfast');

export type Config = z.infer<typeof configSchema>;

/**
 * The configuration at `path`, or the defaults when there is no such file.
 * Throws CONFIG_UNREADABLE, or CONFIG_INVALID with file:line:column of the first mistake.
 */
export function loadConfig(path: string): Config {
  const text = readText(path);
  if (text === null) return configSchema.parse({});
  const at = ({ line, column }: Place): string => `${path}:${line}:${column}`;
  const { tree, mistakes } = readYaml({ file: path, text, firstLine: 1 }, YAML_RULES);
  const [mistake] = mistakes;
  if (mistake !== undefined) throw invalid(mistake.message, at(mistake.where));
  const parsed = configSchema.safeParse(tree?.value ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined || tree === null) throw invalid('not a configuration', path);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    throw invalid(`there is no key "${key}"`, at(tree.keyAt([...issue.path, key])), didYouMean(key, issue.path));
  }
  throw invalid(`${issue.path.join('.') || 'the file'}: ${issue.message}`, at(placeOf(tree, issue.path)));
}

/** Names and hosts may be many; a file in which all is commented out is one. */
const YAML_RULES: YamlRules = {
  noun: 'configuration',
  keys: '"notify:" and "environments:"',
  codes: { invalid: 'CONFIG_INVALID', refused: 'CONFIG_INVALID', duplicate: 'CONFIG_INVALID' },
  aliases: 'counted',
  mayBeEmpty: true,
  most: { pieces: 50_000, levels: 24 },
};

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new CodedError(
      'CONFIG_UNREADABLE',
      `the configuration can't be read (${error instanceof Error ? error.message : String(error)})`,
      {
        where: path,
        next: 'fix its rights, or name another with --config',
        cause: error,
      },
    );
  }
}

function didYouMean(key: string, path: readonly PropertyKey[]): string {
  const keys = keysAt(path);
  const near = suggest(key, keys);
  return near === null ? `known keys: ${keys.join(', ')}` : `did you mean "${near}"?`;
}

/** The keys that the schema knows at a place; below a name that the operator chose, those of what stands there. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schemas = [...alternatives(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }))];
  for (const step of path) {
    schemas = schemas.flatMap((schema) =>
      alternatives(member(member(schema, 'properties'), String(step)) ?? member(schema, 'additionalProperties')),
    );
  }
  return schemas.flatMap((schema) => Object.keys(asRecord(member(schema, 'properties'))));
}

function alternatives(schema: unknown): readonly unknown[] {
  const anyOf = member(schema, 'anyOf');
  return Array.isArray(anyOf) ? anyOf : [schema];
}

function member(value: unknown, key: string): unknown {
  return asRecord(value)[key];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function invalid(message: string, where: string, next = 'see docs/configuration.md'): CodedError {
  return new CodedError('CONFIG_INVALID', message, { where, next });
}
