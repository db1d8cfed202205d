import { createHash } from 'node:crypto';

/**
 * The first slot of an interval strictly after an instant. Slots are the instants `phaseMs` plus whole multiples of
 * `everyMs` since the epoch: they depend neither on a start, nor on a last run, nor on any local time.
 */
export function nextEvery(everyMs: number, phaseMs: number, afterMs: number): number {
  return phaseMs + (Math.floor((afterMs - phaseMs) / everyMs) + 1) * everyMs;
}

/**
 * How far a runbook's slots lie from the multiples of its interval, in milliseconds, less than the interval, the same
 * on every machine and for ever: so that a thousand runbooks of one interval don't start together, not even in one second.
 */
export function phaseOf(runbook: string, everyMs: number): number {
  return numberOf(runbook) % everyMs;
}

/** A number below 2^32 that a name always has: the first 32 bits of its SHA-256, big-endian. */
export function numberOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0);
}
