import { formatBytes } from '../../../domain/bytes.ts';
import type { OldFile } from '../../../providers/host/reader.ts';

/**
 * Lines for the diff: all files when they are few, else the first, the last and the largest. How many there are
 * between is said, and the manifest's digest binds them all.
 */
export function fileLines(files: readonly OldFile[], sign: string): readonly string[] {
  if (files.length <= ALL_AT_MOST) return files.map((file) => line(file, sign));
  const largest = files.toSorted((a, b) => b.size - a.size).slice(0, EACH);
  return [
    ...files.slice(0, EACH).map((file) => line(file, sign)),
    `  (${files.length - 2 * EACH} more between these, by path; the manifest's digest binds every one)`,
    ...files.slice(-EACH).map((file) => line(file, sign)),
    '  the largest of all:',
    ...largest.map((file) => line(file, sign)),
  ];
}

const ALL_AT_MOST = 20;
const EACH = 5;

function line({ path, size, mtimeNs }: OldFile, sign: string): string {
  return `${sign} ${path} (${formatBytes(size)}, ${new Date(Number(BigInt(mtimeNs) / 1_000_000n)).toISOString()})`;
}
