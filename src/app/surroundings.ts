import type { Clock } from '../domain/clock.ts';
import type { Random } from '../domain/id.ts';

/** What only a door may look up and hand in: nothing inside reads it for itself. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  /** The account's name: for the audit, nothing is decided by it. */
  readonly user: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly random: Random;
  /** What starts this Holdfast from any folder and with any PATH: Node, and bin/holdfast.js, both as absolute paths. */
  readonly program: readonly [node: string, script: string];
  /** Version of this Holdfast. */
  readonly version: string;
}
