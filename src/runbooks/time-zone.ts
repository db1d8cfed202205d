import { suggest } from '../domain/suggest.ts';

/** No zone has a longer name. */
const LONGEST = 64;

/** Whether this is an IANA time zone. A bare offset (+02:00) is understood by Intl but knows no summer time, so it is none here. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone) || zone.length > LONGEST) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The zone that was probably meant, by its name or by its city alone; null when none is near. */
export function nearestZone(written: string): string | null {
  if (written.length > LONGEST) return null;
  const zones = Intl.supportedValuesOf('timeZone');
  const city = `/${written.toLowerCase().replaceAll(' ', '_')}`;
  return suggest(written, zones) ?? zones.find((zone) => zone.toLowerCase().endsWith(city)) ?? null;
}
