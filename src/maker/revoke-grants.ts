import type { Actor } from '../domain/actor.ts';
import { writeEvent } from './change-plan.ts';
import type { GateDeps } from './gate-deps.ts';

/**
 * Takes back every grant that waits to be used. For a database that was put in the place of another: whether one of
 * them was used since it was copied, nobody can say any more.
 */
export function revokeGrants(deps: GateDeps, by: Actor, reason: string): number {
  return deps.store.transaction(() => {
    const waiting = deps.store.list({ statuses: ['authorised'], limit: Number.MAX_SAFE_INTEGER });
    const at = deps.clock.now();
    for (const plan of waiting)
      writeEvent(deps, plan, by, { event: 'revoke', by, reason: deps.redactor.text(reason) }, at);
    return waiting.length;
  });
}
