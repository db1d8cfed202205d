import type { AskedCheck, AskFinding } from '../../domain/answer.ts';
import { SEVERITIES } from '../../domain/severity.ts';
import type { Check, Together } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { StatefulApp } from '../app.ts';
import { lookWith, type OneLook } from '../look-with.ts';
import type { Routed } from './route.ts';

/** A check that was asked for a question, and what it brought. */
export interface AskedLook extends Routed {
  readonly chosenBy: AskedCheck['chosenBy'];
  readonly look: OneLook;
  readonly durationMs: number;
}

/** How many checks look at the world at the same time. */
const PARALLEL = 8;

export interface LookOptions {
  readonly signal: AbortSignal;
  readonly together: Together;
  readonly chosenBy: AskedCheck['chosenBy'];
  onProgress(done: number, total: number, looking: string): void;
}

/** Looks with all of them, in their order; nothing is kept. */
export async function lookWithAll(
  app: StatefulApp,
  routed: readonly Routed[],
  { signal, together, chosenBy, onProgress }: LookOptions,
): Promise<readonly AskedLook[]> {
  const { clock } = app.surroundings;
  const looks: AskedLook[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < routed.length; index = next++) {
      const one = routed[index];
      if (one === undefined) return;
      onProgress(done, routed.length, one.check.id);
      const started = clock.monotonic();
      // Defaults are the schema's: what was routed is only what the question said.
      const check = one.whole ?? (await app.catalog.load(one.check.id));
      const params = check.params.safeParse(one.params);
      const look = await lookWith(app, check, params.success ? params.data : one.params, { signal, together });
      looks[index] = { ...one, chosenBy, look, durationMs: Math.round(clock.monotonic() - started) };
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return looks;
}

/** A check that is at hand, or in no catalogue. */
export function wholeRouted(check: Check, params: JsonObject): Routed {
  return { check: { id: check.id, keywords: check.keywords, nightly: check.nightly === true }, params, whole: check };
}

export function askedCheck({ look, chosenBy }: AskedLook): AskedCheck {
  const { check, outcome, failure, resources, hidden } = look;
  return { id: check, chosenBy, outcome, failure, looked: resources.length, hidden: hidden.length };
}

/** Findings of all looks, worst first; the same of two looks at one check counts once. */
export function findingsOf(looks: readonly AskedLook[]): readonly AskFinding[] {
  const all = new Map<string, AskFinding>();
  for (const { look } of looks)
    for (const { resource, name, drafts } of look.resources)
      for (const draft of drafts)
        all.set(JSON.stringify([look.check, resource, draft.discriminator]), {
          ...draft,
          check: look.check,
          resource,
          name,
        });
  return [...all.values()].toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}
