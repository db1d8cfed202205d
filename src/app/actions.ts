import type { Action } from '../domain/action.ts';
import type { JsonObject } from '../domain/json.ts';
import { actionCatalog } from '../maker/actions/catalog.ts';
import { paramsJsonSchema } from '../runbooks/params-schema.ts';

export interface ActionDescription {
  readonly action: Action;
  readonly params: JsonObject | null;
}

export async function listActions(): Promise<readonly ActionDescription[]> {
  return Promise.all(actionCatalog.refs.map((ref) => describe(ref)));
}

export async function showAction(named: string): Promise<ActionDescription> {
  return describe(named);
}

async function describe(named: string): Promise<ActionDescription> {
  const action = await actionCatalog.load(named);
  return { action, params: paramsJsonSchema(action) };
}
