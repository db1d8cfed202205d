import type { Failure } from '../../domain/check.ts';

/** Why there is no cluster to look at. */
export class ClusterAway extends Error {
  readonly code: string;
  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}
