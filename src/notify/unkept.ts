import { CodedError } from '../domain/coded-error.ts';
import { printableStart } from '../domain/printable.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';
import type { Addressed, NotificationBook, Routing, Told, ToldView } from '../domain/told.ts';
import type { NotifyConfig } from '../notify-config.ts';
import type { Notifiers } from './catalog.ts';
import { sendWithin } from './send-within.ts';

export interface UnkeptDeps {
  readonly config: NotifyConfig;
  readonly notifiers: Notifiers;
  readonly book: NotificationBook;
  readonly redactor: Pick<Redactor, 'text'>;
  /** A notification reached nobody, and nothing of it could be kept: the last place to say so is the log. */
  onLost(text: Redacted<string>): void;
}

/** Telling while nothing can be kept: whoever has a full disk needs to hear of it most. */
export interface Unkept {
  /** Sends at once what `route` makes, each message once through each way, or else through the first fallback that works. */
  tell(route: (view: ToldView) => Routing): void;
  /** Something could be kept again. */
  forget(): void;
}

/** True for trouble with the disk's room or rights, in which telling must go on. */
export function cannotBeKept(error: unknown): boolean {
  return error instanceof CodedError && (error.code === 'STORE_FULL' || error.code === 'STORE_READ_ONLY');
}

/**
 * What was told is remembered for as long as nothing can be kept, so that every beat does not say it
 * again. Afterwards it is told once more, for the store knows nothing of it.
 */
export function createUnkept(deps: UnkeptDeps): Unkept {
  const rows = new Map<string, Told>();
  return {
    tell: (route) => {
      const routing = deps.book.look((view) => route(overlaid(view, rows)));
      for (const row of routing.told) rows.set(row.key, row);
      for (const key of routing.forgotten) rows.delete(key);
      for (const message of routing.messages) void sendNow(message, deps);
    },
    forget: () => rows.clear(),
  };
}

function overlaid(view: ToldView, rows: ReadonlyMap<string, Told>): ToldView {
  return {
    ...view,
    byKey: (key) => rows.get(key) ?? view.byKey(key),
    ofRunbook: (runbook) => [
      ...view.ofRunbook(runbook).filter(({ key }) => !rows.has(key)),
      ...[...rows.values()].filter((row) => row.runbook === runbook),
    ],
  };
}

async function sendNow({ notification, ways }: Addressed, deps: UnkeptDeps): Promise<void> {
  const { notifiers, config, redactor, onLost } = deps;
  const sentBy = async (way: string): Promise<boolean> => {
    try {
      await sendWithin(await notifiers.of(way), notification, new AbortController().signal);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onLost(redactor.text(printableStart(`${notification.title}: not told through ${way}: ${reason}`, 400)));
      return false;
    }
  };
  const real = ways.filter((way) => way !== 'inbox');
  const sent = await Promise.all(real.map(sentBy));
  if (real.length === 0 || sent.includes(true)) return;
  for (const way of config.fallback) if (way !== 'inbox' && !ways.includes(way) && (await sentBy(way))) return;
}
