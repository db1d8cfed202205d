import type { Notification } from '../domain/notification.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { Trouble } from '../domain/told.ts';
import type { DeliveryDeps } from './deliver.ts';
import { deliveryJob, deliveryKey, taskOf, type DeliveryTask } from './delivery-job.ts';

/** The trouble that a way out is dead. */
export const WAY_FAILS = 'NOTIFY_FAILED';

/** Dead jobs that are looked through at once. */
const MOST_DEAD = 1_000;

type FallBackDeps = Pick<DeliveryDeps, 'config' | 'queue' | 'redactor' | 'onTrouble'>;

/**
 * Enqueues the delivery through the first fallback way that has not failed too. When the notification
 * goes that way anyhow, or there is none, that the way is dead becomes trouble of its own.
 * Calling it twice changes nothing more.
 */
export async function fallBack(
  task: DeliveryTask,
  notification: Pick<Notification, 'id' | 'at'>,
  because: Redacted<string>,
  deps: FallBackDeps,
): Promise<void> {
  const insteadOf = [...task.insteadOf, task.way];
  for (const way of deps.config.fallback.filter((name) => name !== 'inbox' && !insteadOf.includes(name))) {
    const { duplicate } = await deps.queue.enqueue(deliveryJob(notification, way, { insteadOf, because }));
    if (!duplicate) return;
    const other = await deps.queue.byKey(deliveryKey(notification.id, way));
    if (other !== null && other.status !== 'dead') {
      const isOurs = taskOf(other)?.insteadOf.includes(task.way) ?? false;
      if (!isOurs) deps.onTrouble(wayFails(task.way, because, deps));
      return;
    }
  }
  deps.onTrouble(wayFails(task.way, because, deps));
}

/**
 * Does for deliveries that died with their worker what `deliverJob` does for those it saw fail for
 * good. Called at the start and once in a while; `seen` remembers ids for the length of a process.
 */
export async function fallBackForDead(
  seen: Set<string>,
  deps: FallBackDeps & Pick<DeliveryDeps, 'book'>,
): Promise<void> {
  for (const job of await deps.queue.list('dead', MOST_DEAD)) {
    if (seen.has(job.id)) continue;
    seen.add(job.id);
    const task = taskOf(job);
    const notification = task === null ? null : deps.book.notification(task.notification);
    if (task === null || notification === null) continue;
    await fallBack(task, notification, deps.redactor.text(job.lastError ?? 'it failed'), deps);
  }
}

function wayFails(way: string, because: Redacted<string>, { redactor }: FallBackDeps): Trouble {
  return {
    code: WAY_FAILS,
    subject: way,
    severity: 'high',
    text: redactor.text(`nothing can be told through ${way}: ${because}`),
    runbook: null,
    notThrough: [way],
  };
}
