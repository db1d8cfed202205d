import { parseDuration } from './duration.ts';

/**
 * Whether a task of a bare HEARTBEAT.md should be asked about now, as OpenClaw 2026.7.1 was seen to decide
 * (facts/heartbeat-runtimes.md 1.3): at once when it never ran, else when its interval has passed since it last started.
 * A last run in the future (the clock was set back) is not due. An interval that is no duration is due
 * once and then never again; a runbook with one is refused when it is loaded, so that nobody meets this.
 * Times in milliseconds since the epoch.
 */
export function isTaskDue(lastRun: number | null, interval: string, now: number): boolean {
  if (lastRun === null) return true;
  const intervalMs = parseDuration(interval);
  return intervalMs !== null && now - lastRun >= intervalMs;
}
