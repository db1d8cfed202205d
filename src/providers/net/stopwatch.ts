import type { Socket } from 'node:net';
import type { Clock } from '../../domain/clock.ts';
import type { Phase } from './trouble.ts';

/** Milliseconds that the phases of an exchange took; null for those that it did not have or reach. */
export interface Timings {
  readonly dns: number | null;
  readonly connect: number | null;
  readonly tls: number | null;
  readonly firstByte: number | null;
}

/** Knows how far an exchange has come, and when. */
export class Stopwatch {
  readonly #clock: Clock;
  #last: number;
  readonly #took = new Map<Phase, number>();
  phase: Phase;

  /** @param hasName false for a host that is an address already. */
  constructor(clock: Clock, hasName: boolean) {
    this.#clock = clock;
    this.#last = clock.monotonic();
    this.phase = hasName ? 'dns' : 'connect';
  }

  watch(socket: Socket, encrypted: boolean): void {
    socket.once('lookup', (error) => error === null && this.#passed('dns', 'connect'));
    socket.once('connect', () => this.#passed('connect', encrypted ? 'tls' : 'headers'));
    socket.once('secureConnect', () => this.#passed('tls', 'headers'));
  }

  answered(): void {
    this.#passed('headers', 'body');
  }

  timings(): Timings {
    const took = (phase: Phase): number | null => this.#took.get(phase) ?? null;
    return { dns: took('dns'), connect: took('connect'), tls: took('tls'), firstByte: took('headers') };
  }

  #passed(phase: Phase, next: Phase): void {
    const now = this.#clock.monotonic();
    this.#took.set(phase, Math.round(now - this.#last));
    this.#last = now;
    this.phase = next;
  }
}
