import type { Notification, Notifier } from '../domain/notification.ts';
import { failed } from './failed.ts';

/** Beyond its own limit a way out gets this long to say why it failed. */
const GRACE_MS = 1_000;

/** Sends, and rejects at the way's time limit or when `signal` is aborted, also when the way heeds neither. */
export async function sendWithin(notifier: Notifier, notification: Notification, signal: AbortSignal): Promise<void> {
  const ms = notifier.timeoutMs + GRACE_MS;
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      limit.abort();
      reject(failed(`${notifier.name} did not end within ${ms / 1_000} s`));
    }, ms);
    const stop = (): void => reject(failed(`${notifier.name} was stopped`));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: limit.signal });
  });
  try {
    await Promise.race([notifier.send(notification, AbortSignal.any([signal, limit.signal])), ended]);
  } finally {
    clearTimeout(timer);
    limit.abort();
  }
}
