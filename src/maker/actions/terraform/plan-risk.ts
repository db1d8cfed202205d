import type { Risk } from '../../../domain/action.ts';
import type { JsonObject } from '../../../domain/json.ts';

/** What the counts of a plan, as they stand in `after`, say of the risk: each reason a figure that was read. */
export function planRisk(after: JsonObject): Risk {
  const {
    delete: deleted = 0,
    replace = 0,
    forget = 0,
    update = 0,
    imported = 0,
    move = 0,
    drift = 0,
    failing = 0,
  } = after;
  const worst = [
    of(deleted, 'is destroyed', 'are destroyed'),
    of(replace, 'is destroyed and made anew', 'are destroyed and made anew'),
    of(forget, 'is forgotten: it stays, and nobody manages it', 'are forgotten: they stay, and nobody manages them'),
  ].filter((reason) => reason !== null);
  const middling = [
    of(update, 'is changed in place', 'are changed in place'),
    of(imported, 'is taken into the state', 'are taken into the state'),
    of(move, 'gets another address', 'get another address'),
    of(drift, 'was changed outside since the last run', 'were changed outside since the last run'),
    typeof failing === 'number' && failing > 0 ? `${failing} checks do not pass` : null,
  ].filter((reason) => reason !== null);
  if (worst.length > 0) return { level: 'high', reasons: [...worst, ...middling] };
  if (middling.length > 0) return { level: 'medium', reasons: middling };
  return { level: 'low', reasons: ['nothing that is there is changed or destroyed'] };
}

export function isDestructive(after: JsonObject): boolean {
  return ['delete', 'replace', 'forget'].some((kind) => after[kind] !== 0);
}

function of(count: unknown, one: string, many: string): string | null {
  if (typeof count !== 'number' || count === 0) return null;
  return count === 1 ? `1 resource ${one}` : `${count} resources ${many}`;
}
