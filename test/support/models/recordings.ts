import { fileURLToPath } from 'node:url';

/** Where recorded answers of model servers are: RECORDINGS_DIR, or ../shared/recordings. The folder may be absent. */
export function recordingsFolder(): string {
  return process.env['RECORDINGS_DIR'] ?? fileURLToPath(new URL('../../../../shared/recordings', import.meta.url));
}
