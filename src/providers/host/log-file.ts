import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { LINE_BYTES_AT_MOST, LineSplitter } from './line-splitter.ts';
import { continues, placeIn, type LogPlace } from './log-place.ts';
import { findRotated } from './rotated-logs.ts';

export interface LogQuestion {
  readonly path: string;
  /** Where the last look ended; null for the first one, which begins at the end. */
  readonly from: LogPlace | null;
  /** Of more than this the last is read, bytes. */
  readonly limitBytes: number;
  /** Milliseconds since the epoch: a last line without an end counts once nothing was added to it for a minute. */
  readonly now: number;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface LogLook {
  /** Where the next look goes on. */
  readonly place: LogPlace;
  readonly lines: number;
  /** Lines of which only the first 64 KiB were looked at. */
  readonly cutLines: number;
  readonly bytesRead: number;
  /** Written since the last look and not read, as it was too much. */
  readonly bytesSkipped: number;
  /** What became of the file since the last look. */
  readonly since: 'first-look' | 'same' | 'rotated' | 'truncated';
  /** True when what was written to the file that was read before is not to be found any more. */
  readonly isRestLost: boolean;
}

/** Hands over the lines that came to a log file since the last look, also when it was rotated meanwhile. null: it is not there. */
export async function readNewLines(question: LogQuestion): Promise<Looked<LogLook | null>> {
  const opened: Part[] = [];
  try {
    const current = await openPart(question.path, opened);
    if (!current.isFile)
      return unknown('NOT_A_FILE', `${printable(question.path)} is no file that lines are added to.`);
    const { parts, since, isRestLost } = await whatCame(question, current, opened);
    return seen({ ...(await readParts(question, parts, current)), since, isRestLost });
  } catch (error) {
    question.signal.throwIfAborted();
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT') return seen(null);
    return unknown(code, `${printable(question.path)} could not be read (${code}).`);
  } finally {
    for (const { handle } of opened) await handle.close();
  }
}

interface Part {
  readonly handle: FileHandle;
  readonly isFile: boolean;
  readonly ino: string;
  readonly size: number;
  readonly mtimeMs: number;
}

interface Stretch {
  readonly part: Part;
  readonly from: number;
}

async function openPart(path: string, opened: Part[]): Promise<Part> {
  // Not to wait for whoever writes into a pipe.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const file = await handle.stat({ bigint: true }).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  const part = {
    handle,
    isFile: file.isFile(),
    ino: String(file.ino),
    size: Number(file.size),
    mtimeMs: Number(file.mtimeMs),
  };
  opened.push(part);
  return part;
}

async function whatCame(
  { path, from, now, signal }: LogQuestion,
  current: Part,
  opened: Part[],
): Promise<Pick<LogLook, 'since' | 'isRestLost'> & { readonly parts: readonly Stretch[] }> {
  const whole = { part: current, from: 0 };
  if (from === null) {
    const end = isQuiet(current, now) ? current.size : await startOfLastLine(current);
    return { parts: [{ part: current, from: end }], since: 'first-look', isRestLost: false };
  }
  // Nothing was there, so that all of it is new.
  if (from.ino === '') return { parts: [whole], since: 'same', isRestLost: false };
  const isSameFile = current.ino === from.ino;
  const goesOn = await continues(current.handle, current.size, from);
  const same = { parts: [{ part: current, from: from.offset }], since: 'same', isRestLost: false } as const;
  if (isSameFile && goesOn) return same;

  const since = isSameFile ? 'truncated' : 'rotated';
  const [first, ...later] = (await findRotated(path, from, current.ino, signal)) ?? [];
  if (first === undefined) {
    // A file that took the place of another with all that was in it: some programs write logs so.
    if (goesOn && from.offset > 0) return same;
    return { parts: [whole], since, isRestLost: true };
  }
  const parts: Stretch[] = [{ part: await openPart(first, opened), from: from.offset }];
  for (const other of later) parts.push({ part: await openPart(other, opened), from: 0 });
  return { parts: [...parts, whole], since, isRestLost: false };
}

/** A line that is being written just now is read whole the next time. */
async function startOfLastLine({ handle, size }: Part): Promise<number> {
  const length = Math.min(size, LINE_BYTES_AT_MOST);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  const newline = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
  return newline < 0 ? (size <= length ? 0 : size) : size - length + newline + 1;
}

const QUIET_MS = 60_000;

/** True when nothing is being added: then a last line without an end is whole, as the last words of a program are. */
function isQuiet({ mtimeMs }: Part, now: number): boolean {
  return now - mtimeMs >= QUIET_MS;
}

const READ_AT_ONCE = 256 * 1024;

async function readParts(
  { limitBytes, now, onLine, signal }: LogQuestion,
  parts: readonly Stretch[],
  current: Part,
): Promise<Omit<LogLook, 'since' | 'isRestLost'>> {
  const total = parts.reduce((sum, { part, from }) => sum + Math.max(0, part.size - from), 0);
  let toSkip = Math.max(0, total - limitBytes);
  const bytesSkipped = toSkip;
  const splitter = new LineSplitter(onLine);
  const buffer = Buffer.alloc(READ_AT_ONCE);
  let bytesRead = 0;
  let at = 0;
  for (const { part, from } of parts) {
    const skipped = Math.min(toSkip, Math.max(0, part.size - from));
    toSkip -= skipped;
    if (skipped > 0) splitter.dropLine();
    for (at = from + skipped; at < part.size; ) {
      signal.throwIfAborted();
      const read = await part.handle.read(buffer, 0, Math.min(READ_AT_ONCE, part.size - at), at);
      if (read.bytesRead === 0) break;
      splitter.add(buffer.subarray(0, read.bytesRead));
      at += read.bytesRead;
      bytesRead += read.bytesRead;
    }
    // Nothing is added any more to a file that was put aside.
    if (part !== current) splitter.end();
  }
  const isBeingWritten = !isQuiet(current, now) && splitter.open < LINE_BYTES_AT_MOST;
  const offset = isBeingWritten ? at - splitter.open : at;
  if (!isBeingWritten) splitter.end();
  const { lines, cutLines } = splitter;
  return { place: await placeIn(current.handle, current.ino, offset), lines, cutLines, bytesRead, bytesSkipped };
}
