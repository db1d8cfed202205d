// Loaded before a program (`node --import`): writes what it cost when it ends: the greatest resident size, KiB, into
// $HIGH_WATER, and the time of all cores, milliseconds, into $CPU_USED.
import { readFileSync, writeFileSync } from 'node:fs';

process.once('exit', () => {
  const { HIGH_WATER, CPU_USED } = process.env;
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const { user, system } = process.cpuUsage();
  if (HIGH_WATER !== undefined && kib !== undefined) writeFileSync(HIGH_WATER, kib);
  if (CPU_USED !== undefined) writeFileSync(CPU_USED, String((user + system) / 1_000));
});
