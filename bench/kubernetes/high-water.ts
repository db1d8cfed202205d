// Loaded before a program (`node --import`): writes its greatest resident size, in KiB, into $HIGH_WATER when it ends.
import { readFileSync, writeFileSync } from 'node:fs';

process.once('exit', () => {
  const file = process.env['HIGH_WATER'];
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (file !== undefined && kib !== undefined) writeFileSync(file, kib);
});
