import type { Mistake } from '../domain/mistake.ts';
import { byPlace } from './in-order.ts';
import type { LoadedRunbook } from './loaded-runbook.ts';
import { NOT_ACTIVE } from './not-active.ts';

/** What `lint` tells and a run does not repeat: besides the mistakes, the keys that have no effect in this version. */
export function lintRunbook(loaded: LoadedRunbook, file: string): readonly Mistake[] {
  const inactive = [...loaded.written].flatMap(([key, place]): Mistake[] => {
    const why = NOT_ACTIVE[key];
    if (why === undefined) return [];
    return [
      {
        level: 'warning',
        code: 'RUNBOOK_KEY_NOT_ACTIVE',
        message: `"${key}" is valid but has no effect in this version: ${why}`,
        where: { file, ...place },
        next: null,
      },
    ];
  });
  return [...loaded.mistakes, ...inactive].toSorted(byPlace);
}
