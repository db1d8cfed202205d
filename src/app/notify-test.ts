import { CodedError } from '../domain/coded-error.ts';
import { newNotificationId } from '../domain/id.ts';
import type { Notification } from '../domain/notification.ts';
import { printableStart } from '../domain/printable.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import { suggest } from '../domain/suggest.ts';
import { openNotifiers } from '../notify/catalog.ts';
import type { NotifierDeps } from '../notify/deps.ts';
import { sendWithin } from '../notify/send-within.ts';
import type { App } from './app.ts';

/** How a test notification fared on one way. */
export interface TriedWay {
  readonly way: string;
  readonly outcome: 'delivered' | 'failed';
  /** Why it failed; null when it did not. */
  readonly reason: Redacted<string> | null;
  readonly next: string | null;
  readonly tookMs: number;
}

export interface NotifyTestOptions {
  readonly signal: AbortSignal;
  readonly terminal: NotifierDeps['terminal'];
}

/**
 * Sends a test notification through one way, or through all that the configuration names; each once,
 * at the same time, and nothing of it is kept. NOTIFY_WAY_UNKNOWN when there is no such way.
 */
export async function testNotify(
  app: Pick<App, 'surroundings' | 'config' | 'redactor'>,
  name: string | null,
  { signal, terminal }: NotifyTestOptions,
): Promise<readonly TriedWay[]> {
  const { surroundings, redactor, config } = app;
  const { env, home, platform, clock } = surroundings;
  const notifiers = openNotifiers(config.notify, { env, home, platform, clock, redactor, terminal });
  const ways = name === null ? notifiers.all : [theWay(name, notifiers.all)];
  const notification = testNotification(app);
  return Promise.all(
    ways.map(async (way): Promise<TriedWay> => {
      const started = clock.monotonic();
      const took = (): number => Math.round(clock.monotonic() - started);
      try {
        await sendWithin(await notifiers.of(way), notification, signal);
        return { way, outcome: 'delivered', reason: null, next: null, tookMs: took() };
      } catch (error) {
        // What a way out throws is the result that was asked for.
        const reason = redactor.text(printableStart(error instanceof Error ? error.message : String(error), 300));
        const next = error instanceof CodedError ? error.next : null;
        return { way, outcome: 'failed', reason, next, tookMs: took() };
      }
    }),
  );
}

/** The built-in ways need no configuration to be tried. */
function theWay(name: string, known: readonly string[]): string {
  const ways = [...new Set([...known, 'desktop', 'terminal'])];
  if (ways.includes(name)) return name;
  const near = suggest(name, ways);
  throw new CodedError('NOTIFY_WAY_UNKNOWN', `there is no way "${printableStart(name, 60)}"`, {
    next: near === null ? `ways: ${ways.join(', ')}` : `did you mean ${near}?`,
  });
}

function testNotification({ surroundings, redactor }: Pick<App, 'surroundings' | 'redactor'>): Notification {
  return {
    id: newNotificationId(surroundings.random),
    at: surroundings.clock.now(),
    kind: 'test',
    runbook: null,
    run: null,
    severity: 'info',
    title: redactor.text('holdfast: a test'),
    lines: [
      {
        finding: null,
        severity: 'info',
        news: 'new',
        text: redactor.text('This way works. Nothing needs your attention.'),
      },
    ],
    more: 0,
  };
}
