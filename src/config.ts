import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { CodedError } from './domain/coded-error.ts';
import { suggest } from './domain/suggest.ts';
import { approvalsConfigSchema, environmentsConfigSchema, hostConfigSchema, oidcConfigSchema } from './gate-config.ts';
import { notifyConfigSchema } from './notify-config.ts';

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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const [trouble] = [...document.errors, ...document.warnings];
  if (trouble !== undefined) throw invalid(trouble.message.split('\n')[0] ?? 'not YAML', at(trouble.pos[0]));
  const parsed = configSchema.safeParse(document.toJS({ maxAliasCount: 20 }) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw invalid('not a configuration', path);
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const place = unknownKey === undefined ? issue.path : [...issue.path, unknownKey];
  const node = document.getIn(place, true);
  const offset = hasRange(node) ? node.range[0] : 0;
  if (unknownKey !== undefined)
    throw invalid(`there is no key "${unknownKey}"`, at(offset), didYouMean(unknownKey, issue.path));
  throw invalid(`${issue.path.join('.') || 'the file'}: ${issue.message}`, at(offset));
}

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

function hasRange(node: unknown): node is { range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function invalid(message: string, where: string, next = 'see docs/configuration.md'): CodedError {
  return new CodedError('CONFIG_INVALID', message, { where, next });
}
