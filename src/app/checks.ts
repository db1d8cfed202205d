import type { Check, CheckId } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { JsonObject } from '../domain/json.ts';
import { suggest } from '../domain/suggest.ts';
import { paramsJsonSchema } from '../runbooks/params-schema.ts';
import { parseSetting } from '../runbooks/setting.ts';
import type { App, StatefulApp } from './app.ts';
import { refuseCheckChoice } from './client-choice.ts';
import { lookWith, type OneLook } from './look-with.ts';

export interface CheckDescription {
  readonly check: Check;
  readonly params: JsonObject | null;
}

export async function listChecks(app: App): Promise<readonly CheckDescription[]> {
  return Promise.all(app.catalog.ids.map((id) => describe(app, id)));
}

export async function showCheck(app: App, named: string): Promise<CheckDescription> {
  return describe(app, checkId(app, named));
}

async function describe(app: App, id: CheckId): Promise<CheckDescription> {
  const check = await app.catalog.load(id);
  return { check, params: paramsJsonSchema(check) };
}

/** Looks once, without memory: nothing is compared, nothing is kept. `settings` are `key=value`. */
export async function lookOnce(
  app: StatefulApp,
  named: string,
  settings: readonly string[],
  signal: AbortSignal,
): Promise<OneLook> {
  return lookAt(app, named, Object.fromEntries(settings.map(parseSetting)), signal);
}

/** As lookAt, for an MCP client: MCP_CHOICE_REFUSED for parameters that are for the operator to choose. */
export async function lookForClient(
  app: StatefulApp,
  named: string,
  settings: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<OneLook> {
  refuseCheckChoice(checkId(app, named), settings);
  return lookAt(app, named, settings, signal);
}

/** As lookOnce, with parameters that were read already. NOT_FOUND, or USAGE for parameters that the check does not take. */
export async function lookAt(
  app: StatefulApp,
  named: string,
  settings: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<OneLook> {
  const id = checkId(app, named);
  const check = await app.catalog.load(id);
  const params = check.params.safeParse(settings);
  if (!params.success) throw badParams(id, params.error.issues);
  return lookWith(app, check, params.data, { signal });
}

function checkId(app: App, named: string): CheckId {
  const known =
    app.catalog.ids.find((id) => id === named) ??
    Object.entries(app.catalog.aliases).find(([old]) => old === named)?.[1];
  if (known !== undefined) return known;
  const near = suggest(named, app.catalog.ids);
  throw new CodedError('NOT_FOUND', `there is no check "${named}"`, {
    next: near === null ? 'holdfast checks list' : `did you mean "${near}"?`,
  });
}

function badParams(
  id: CheckId,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): CodedError {
  const said = issues
    .map(({ path, message }) => `${path.length === 0 ? '' : `${path.map(String).join('.')}: `}${message}`)
    .join('; ');
  return new CodedError('USAGE', said, { where: id, next: `holdfast checks show ${id}` });
}
