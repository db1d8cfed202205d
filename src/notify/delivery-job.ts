import type { Notification } from '../domain/notification.ts';
import type { Job, JobRequest } from '../domain/queue.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';

/** Five attempts: at once, and after 5 s, 15 s, 45 s and 135 s. */
const ATTEMPTS = 5;
const BACKOFF = { baseMs: 5_000, factor: 3, maxMs: 600_000 } as const;

/** What a delivery job is about. */
export interface DeliveryTask {
  readonly notification: string;
  readonly way: string;
  /** The ways that failed for good before this one, the latest last. */
  readonly insteadOf: readonly string[];
  /** Why the latest failed; null for a first choice. */
  readonly because: string | null;
}

/** The job that takes a notification through one way; its key makes a second one for the same impossible. */
export function deliveryJob(
  { id, at }: Pick<Notification, 'id' | 'at'>,
  way: string,
  instead: { readonly insteadOf: readonly string[]; readonly because: Redacted<string> } | null = null,
): JobRequest {
  return {
    kind: 'notify',
    key: deliveryKey(id, way),
    payload: { notification: id, way, insteadOf: instead?.insteadOf ?? [], because: instead?.because ?? null },
    runAt: at,
    maxAttempts: ATTEMPTS,
    backoff: BACKOFF,
  };
}

export function deliveryKey(notification: string, way: string): string {
  return `notify:${notification}:${way}`;
}

/** What the payload of a delivery job says; null when it is not one of ours. */
export function taskOf({ kind, payload }: Pick<Job, 'kind' | 'payload'>): DeliveryTask | null {
  const { notification, way, insteadOf, because } = payload;
  if (kind !== 'notify' || typeof notification !== 'string' || typeof way !== 'string') return null;
  const before = Array.isArray(insteadOf) ? insteadOf.map(String) : [];
  return { notification, way, insteadOf: before, because: typeof because === 'string' ? because : null };
}
