import * as z from 'zod';
import type { Verification } from '../../../domain/action.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { StateNow } from './state.ts';

const receiptSchema = z.object({
  done: z.array(z.object({ address: z.string(), action: z.string() })),
  summary: z.object({ add: z.number(), change: z.number(), remove: z.number() }).nullable(),
});

const promisedSchema = z.object({
  serial: z.number(),
  create: z.number(),
  update: z.number(),
  replace: z.number(),
  delete: z.number(),
});

/** Whether the state, as it is now, is what the plan promised and the receipt says was done. */
export function heldPromise(before: JsonObject, after: JsonObject, receipt: JsonObject, now: StateNow): Verification {
  const promised = promisedSchema.parse({ ...after, serial: before['serial'] });
  const { done, summary } = receiptSchema.parse(receipt);
  const isNewer = now.serial > promised.serial;
  const asCounted =
    summary !== null &&
    summary.add === promised.create + promised.replace &&
    summary.change === promised.update &&
    summary.remove === promised.delete + promised.replace;
  const wrong = misplaced(done, now.addresses);
  const counted =
    summary === null ? 'no counts' : `${summary.add} added, ${summary.change} changed, ${summary.remove} destroyed`;
  return {
    asPromised: isNewer && asCounted && wrong.length === 0,
    seen: [
      `The program counted ${counted}${asCounted ? ', as planned' : ', which is not what was planned'}.`,
      isNewer ? `The state is at serial ${now.serial}.` : `The state is still at serial ${now.serial}.`,
      ...wrong,
    ],
  };
}

/** What is made is in the state, what is only destroyed is not: of a replacement one line says each. */
function misplaced(
  done: readonly { readonly address: string; readonly action: string }[],
  addresses: ReadonlySet<string>,
): readonly string[] {
  const kept = new Set(done.filter(({ action }) => action !== 'delete').map(({ address }) => address));
  return [...new Set(done.map(({ address }) => address))].flatMap((address) => {
    if (kept.has(address) === addresses.has(address)) return [];
    return [kept.has(address) ? `${address} is not in the state.` : `${address} is still in the state.`];
  });
}
