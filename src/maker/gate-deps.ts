import type { Clock } from '../domain/clock.ts';
import type { Digest } from '../domain/digest.ts';
import type { GateStore } from '../domain/gate-store.ts';
import type { Random } from '../domain/id.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';

/** What everything that changes how a plan stands needs. */
export interface GateDeps {
  readonly store: GateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly redactor: Redactor;
  /** Random id of this installation: a grant is for one. */
  readonly instance: string;
  /** Version of this Holdfast, and the digest of its catalogue: a plan of another is not carried out. */
  readonly engine: string;
  readonly catalogue: Digest;
}
