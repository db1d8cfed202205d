import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNewLines } from '../../../src/providers/host/log-file.ts';
import type { LogPlace } from '../../../src/providers/host/log-place.ts';

const { signal } = new AbortController();

/** A log that is written, rotated and read in any order; files are as far apart in time as rotations are. */
class Log {
  readonly written: string[] = [];
  readonly read: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
  readonly #path = join(this.#folder, 'app.log');
  #place: LogPlace | null = null;
  #time = 1_700_000_000;
  #rotations = 0;

  constructor() {
    writeFileSync(this.#path, '');
    this.#touch(this.#path);
  }

  append(lines: number): void {
    for (let line = 0; line < lines; line += 1) {
      this.written.push(`line ${this.written.length} of this log`);
      appendFileSync(this.#path, `${this.written.at(-1)}\n`);
    }
    this.#touch(this.#path);
  }

  move(): void {
    if (!this.#mayRotate()) return;
    this.#shift();
    renameSync(this.#path, `${this.#path}.1`);
    writeFileSync(this.#path, '');
    this.#touch(this.#path);
  }

  /** Of a file that was empty at the last look nothing tells that it was emptied again. */
  copyAndTruncate(): void {
    if (this.#place?.offset === 0 || !this.#mayRotate()) return;
    this.#shift();
    copyFileSync(this.#path, `${this.#path}.1`);
    this.#touch(`${this.#path}.1`);
    truncateSync(this.#path);
    this.#touch(this.#path);
  }

  async look(): Promise<void> {
    const look = await readNewLines({
      path: this.#path,
      from: this.#place ?? { ino: '', offset: 0, head: '', tail: '' },
      limitBytes: 1024 * 1024,
      now: Date.now(),
      onLine: (line) => this.read.push(line),
      signal,
    });
    if (look.status === 'unknown' || look.value === null) throw new Error('the log could not be read');
    if (look.value.isRestLost) throw new Error('a part of the log was not found');
    this.#place = look.value.place;
    this.#rotations = 0;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** More than so many between two looks are not followed, and before the first there is nothing to go on from. */
  #mayRotate(): boolean {
    this.#rotations += 1;
    return this.#place !== null && this.#rotations <= 4;
  }

  #shift(): void {
    for (let number = 9; number >= 1; number -= 1) {
      if (existsSync(`${this.#path}.${number}`)) renameSync(`${this.#path}.${number}`, `${this.#path}.${number + 1}`);
    }
  }

  #touch(path: string): void {
    this.#time += 60;
    utimesSync(path, this.#time, this.#time);
  }
}

type Step = { readonly do: 'append'; readonly lines: number } | { readonly do: 'move' | 'copyAndTruncate' | 'look' };

test('every line is read once and in order, however the log is rotated between the looks', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constant('append' as const), lines: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ do: fc.constantFrom('move' as const, 'copyAndTruncate' as const, 'look' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      using log = new Log();
      for (const one of steps) {
        if (one.do === 'append') log.append(one.lines);
        else await log[one.do]();
      }
      await log.look();
      expect(log.read).toEqual(log.written);
    }),
    { numRuns: 60 },
  );
});
