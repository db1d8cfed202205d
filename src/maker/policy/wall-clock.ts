import { WEEKDAYS, type Weekday } from '../../domain/schedule.ts';
import { isInstant } from './instant.ts';

export interface WallClock {
  readonly weekday: Weekday;
  /** Since midnight. */
  readonly minute: number;
}

/** What the clock on the wall of a zone shows at an instant; null when there is no such instant or zone. */
export function wallClock(zone: string, at: unknown): WallClock | null {
  const known = zoneOf(zone);
  if (known === null || !isInstant(at)) return null;
  if (known.lastAt !== at) {
    known.lastShown = read(known.format, at);
    known.lastAt = at;
  }
  return known.lastShown;
}

function read(format: Intl.DateTimeFormat, at: number): WallClock | null {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const short = parts.get('weekday')?.toLowerCase();
  const weekday = WEEKDAYS.find((day) => day === short);
  const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  return weekday === undefined || Number.isNaN(minute) ? null : { weekday, minute };
}

/** Whether this is an IANA time zone. Intl takes a bare offset too, but an offset knows no summer time. */
export function isZone(zone: string): boolean {
  return zoneOf(zone) !== null;
}

/** No zone has a longer name. */
const LONGEST = 64;

/** What is remembered of a zone: one decision asks about the same instant once for each rule. */
interface Zone {
  readonly format: Intl.DateTimeFormat;
  lastAt: number | null;
  lastShown: WallClock | null;
}

/** Making a formatter costs fifty times as much as using it. */
const zones = new Map<string, Zone | null>();
const ZONES_MAX = 64;

function zoneOf(zone: string): Zone | null {
  if (!/^[A-Za-z]/.test(zone) || zone.length > LONGEST) return null;
  const known = zones.get(zone);
  if (known !== undefined) return known;
  const format = makeFormat(zone);
  const made = format === null ? null : { format, lastAt: null, lastShown: null };
  if (zones.size >= ZONES_MAX) zones.clear();
  zones.set(zone, made);
  return made;
}

function makeFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch (error) {
    // What Intl throws for a zone that it does not know.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
