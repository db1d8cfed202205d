import type { PlanStatus } from '../domain/plan.ts';
import { EXIT } from './door.ts';

/** The exit code of a plan's status (docs/contracts.md). `held`: it would go on but for the kill switch. */
export function planExit(status: PlanStatus, held: boolean): number {
  switch (status) {
    case 'noop':
    case 'verified':
      return EXIT.done;
    case 'queued':
      return EXIT.queued;
    case 'denied':
      return EXIT.denied;
    case 'stale':
      return EXIT.stale;
    case 'failed':
    case 'unverified':
      return EXIT.failed;
    case 'partial':
    case 'abandoned':
      return EXIT.partial;
    case 'unknown':
      return EXIT.outcomeUnknown;
    case 'rejected':
    case 'expired':
    case 'withdrawn':
    case 'revoked':
    case 'superseded':
      return EXIT.rejected;
    case 'authorised':
    case 'applying':
    case 'applied':
      return held ? EXIT.held : EXIT.outcomeUnknown;
    default:
      return status satisfies never;
  }
}
