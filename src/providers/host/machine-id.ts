import { createHmac } from 'node:crypto';
import { readSystemFile } from './system-file.ts';

/**
 * A stable name for this machine: 12 hex characters. machine-id(5) asks that the id itself is never
 * shown and that a keyed hash of it is used; so this is HMAC-SHA256 keyed with the id.
 *
 * @param places where the id may lie: `/etc/machine-id`, `/var/lib/dbus/machine-id`.
 * @param fallback used where there is none (macOS, Windows, a fresh image): the state directory's instance id.
 */
export async function readMachineId(places: readonly string[], fallback: string): Promise<string> {
  for (const place of places) {
    const id = (await readSystemFile(place))?.trim() ?? '';
    if (/^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id)) return shown(id);
  }
  return shown(fallback);
}

function shown(id: string): string {
  return createHmac('sha256', id).update('holdfast/machine/v1').digest('hex').slice(0, 12);
}
