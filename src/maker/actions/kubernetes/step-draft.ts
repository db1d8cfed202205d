import type { ActionId, StepDraft } from '../../../domain/action.ts';
import type { JsonObject, JsonValue } from '../../../domain/json.ts';

/** A draft with what is not given left out: JSON has no undefined. */
export function stepDraft(action: ActionId, given: Readonly<Record<string, JsonValue | undefined>>): StepDraft {
  const params: JsonObject = Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
  return { action, params };
}
