/** Longer lines are cut: of one of a gigabyte no more than this is ever held. */
export const LINE_BYTES_AT_MOST = 64 * 1024;

/** Puts lines together from pieces of a file. Zeros before a line, as holes in a file read, are passed over. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #parts: Buffer[] = [];
  #kept = 0;
  /** Of the line that has begun, cut off or not. */
  #length = 0;
  #dropping = false;
  lines = 0;
  cutLines = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Bytes of the line that has begun and not ended. */
  get open(): number {
    return this.#length;
  }

  /** Passes over everything up to the end of the line that the next piece begins in the middle of. */
  dropLine(): void {
    this.#dropping = true;
  }

  add(piece: Buffer): void {
    let from = 0;
    while (from < piece.length) {
      const newline = piece.indexOf(NEWLINE, from);
      const to = newline < 0 ? piece.length : newline;
      this.#keep(piece.subarray(from, to));
      if (newline < 0) return;
      this.end();
      from = newline + 1;
    }
  }

  /** The line that has begun ends here. */
  end(): void {
    if (!this.#dropping && this.#length > 0) {
      this.lines += 1;
      if (this.#length > this.#kept) this.cutLines += 1;
      this.#onLine(Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, ''));
    }
    this.#parts = [];
    this.#kept = 0;
    this.#length = 0;
    this.#dropping = false;
  }

  #keep(bytes: Buffer): void {
    if (this.#dropping) return;
    const text = this.#length === 0 ? withoutZeros(bytes) : bytes;
    this.#length += text.length;
    const wanted = text.subarray(0, LINE_BYTES_AT_MOST - this.#kept);
    if (wanted.length === 0) return;
    // A copy: the piece is read into again.
    this.#parts.push(Buffer.from(wanted));
    this.#kept += wanted.length;
  }
}

const NEWLINE = 0x0a;

function withoutZeros(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first);
}
