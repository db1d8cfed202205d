import { constants } from 'node:fs';
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Notifier } from '../domain/notification.ts';
import type { FileConfig } from '../notify-config.ts';
import { bodyOf } from './body.ts';
import type { NotifierDeps } from './deps.ts';
import { codeOf, failed } from './failed.ts';
import { fromHome } from './from-home.ts';

const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Appends a line of JSON. A link or a pipe in the file's place is refused; so is half a line on a full disk. */
export function fileNotifier({ home }: Pick<NotifierDeps, 'home'>, config: FileConfig): Notifier {
  const path = fromHome(config.path, home);
  return {
    name: `file ${config.path}`,
    timeoutMs: 10_000,
    send: async (notification, signal) => {
      const line = Buffer.from(`${JSON.stringify(bodyOf(notification))}\n`);
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        signal.throwIfAborted();
        await append(path, line, config.maxBytes);
      } catch (error) {
        throw failed(`${config.path} was not written: ${reason(error)}`, { cause: error });
      }
    },
  };
}

async function append(path: string, line: Buffer, maxBytes: number): Promise<void> {
  if (await writeTo(path, line, maxBytes)) return;
  await renameIfThere(`${path}.1`, `${path}.2`);
  await rename(path, `${path}.1`);
  await writeTo(path, line, Number.POSITIVE_INFINITY);
}

/** False, and nothing is written, when the file would grow too large. */
async function writeTo(path: string, line: Buffer, maxBytes: number): Promise<boolean> {
  // O_NONBLOCK: a pipe without a reader must not hold us up before we see that it is one.
  const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0), 0o600);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('it is not a file');
    if (stats.size > 0 && stats.size + line.length > maxBytes) return false;
    await writeWhole(file, line, stats.size);
    return true;
  } finally {
    await file.close();
  }
}

/** A line that found no room is taken back, so that the next one does not begin in its middle. */
async function writeWhole(file: FileHandle, line: Buffer, size: number): Promise<void> {
  try {
    await file.appendFile(line);
    await file.datasync();
  } catch (error) {
    await file.truncate(size);
    throw error;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function reason(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'no room is left';
    case 'ELOOP':
      return 'it is a symbolic link';
    case 'ENXIO':
      return 'it is not a file';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be written';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return codeOf(error) ?? (error instanceof Error ? error.message : 'for no known reason');
  }
}
