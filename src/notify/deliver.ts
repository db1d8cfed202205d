import type { Notification } from '../domain/notification.ts';
import { printableStart } from '../domain/printable.ts';
import type { ClaimedJob, Queue } from '../domain/queue.ts';
import type { Clock } from '../domain/clock.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';
import type { NotificationBook, Trouble } from '../domain/told.ts';
import type { NotifyConfig } from '../notify-config.ts';
import type { Notifiers } from './catalog.ts';
import { taskOf, type DeliveryTask } from './delivery-job.ts';
import { fallBack } from './fall-back.ts';
import { sendWithin } from './send-within.ts';

export interface DeliveryDeps {
  readonly config: NotifyConfig;
  readonly notifiers: Notifiers;
  readonly book: NotificationBook;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly redactor: Pick<Redactor, 'text'>;
  /** A way is dead and no other could take its place. */
  onTrouble(trouble: Trouble): void;
  /** A way works (again). */
  onWorking(way: string): void;
}

export type DeliveryEnd = 'done' | { readonly failed: Redacted<string> } | 'handed-back';

const LONGEST_REASON = 300;

/**
 * One attempt at one delivery: sent, recorded, and when it was the last attempt and failed, handed to
 * the fallback ways. `signal` hands the job back. A process that dies between sending and recording
 * sends it again: it is never lost, and may be seen twice.
 */
export async function deliverJob(job: ClaimedJob, signal: AbortSignal, deps: DeliveryDeps): Promise<DeliveryEnd> {
  const task = taskOf(job);
  const notification = task === null ? null : deps.book.notification(task.notification);
  // Pruned since: whoever was to be told has long had other news.
  if (task === null || notification === null) return 'done';
  if (deps.book.wasDelivered(notification.id, task.way)) return 'done';

  const error = await attempt(notification, task, signal, deps);
  if (error !== null && signal.aborted) return 'handed-back';
  const { id } = notification;
  const at = deps.clock.now();
  deps.book.recordDelivery({
    notification: id,
    way: task.way,
    at,
    outcome: error === null ? 'delivered' : 'failed',
    error,
  });
  if (error === null) {
    deps.onWorking(task.way);
    return 'done';
  }
  if (job.attempts >= job.maxAttempts) await fallBack(task, notification, error, deps);
  return { failed: error };
}

/** Why it could not be delivered; null when it was. */
async function attempt(
  notification: Notification,
  task: DeliveryTask,
  signal: AbortSignal,
  { notifiers, redactor }: DeliveryDeps,
): Promise<Redacted<string> | null> {
  try {
    await sendWithin(await notifiers.of(task.way), saidWhy(notification, task, redactor), signal);
    return null;
  } catch (error) {
    // Whatever a way out throws is its failure and no reason to stop telling through the others.
    const reason = error instanceof Error ? error.message : String(error);
    return redactor.text(printableStart(reason, LONGEST_REASON));
  }
}

/** Through a fallback it also says which way failed, and why. */
function saidWhy(
  notification: Notification,
  { insteadOf, because }: DeliveryTask,
  redactor: Pick<Redactor, 'text'>,
): Notification {
  const last = insteadOf.at(-1);
  if (last === undefined) return notification;
  const text = redactor.text(`not delivered through ${last}: ${because ?? 'it failed'}`);
  return {
    ...notification,
    lines: [{ finding: null, severity: 'high', news: 'trouble', text }, ...notification.lines],
  };
}
